"""Twilio's Media Streams to and from Pipecat frames, with marks, sequence numbers and time stamps kept."""

from __future__ import annotations

import numpy as np
import structlog
from pipecat.frames.frames import Frame, InterruptionFrame, OutputAudioRawFrame, OutputTransportMessageFrame
from pipecat.serializers.base_serializer import FrameSerializer

from domain.errors import StreamViolation
from voice import messages
from voice.audio import g711
from voice.frames import DigitFrame, LineAudioFrame, MarkFrame, StreamEndedFrame

log = structlog.get_logger(__name__)


class TwilioSerializer(FrameSerializer):
    """Speaks for one stream. A message that breaks the protocol becomes a `StreamEndedFrame` with the reason."""

    def __init__(self, stream_sid: str) -> None:
        """Serve the stream of that id."""
        super().__init__()
        self._stream_sid = stream_sid
        self._last_sequence = 0
        self.lost_messages = 0

    async def serialize(self, frame: Frame) -> str | None:
        """Return Twilio's message for `frame`, None for what Twilio need not know."""
        if isinstance(frame, OutputAudioRawFrame):
            return messages.media(self._stream_sid, g711.encode_ulaw(np.frombuffer(frame.audio, dtype=np.int16)))
        if isinstance(frame, InterruptionFrame):
            return messages.clear(self._stream_sid)
        if isinstance(frame, OutputTransportMessageFrame) and "mark" in frame.message:
            return messages.mark(self._stream_sid, frame.message["mark"])
        return None

    async def deserialize(self, data: str | bytes) -> Frame | None:
        """Return the frame for one message of Twilio's."""
        try:
            return self._frame(messages.parse(data))
        except StreamViolation as violation:
            log.warning("stream_violation", reason=str(violation))
            return StreamEndedFrame(reason=str(violation), violation=True)

    def _frame(self, message: messages.Incoming) -> Frame | None:
        self._count(message.sequence_number)
        match message:
            case messages.Media():
                return LineAudioFrame(pcm=g711.decode_ulaw(message.audio()), at_ms=message.media.timestamp)
            case messages.Mark():
                return MarkFrame(mark=message.mark.name)
            case messages.Dtmf():
                return DigitFrame(digit=message.dtmf.digit)
            case messages.Stop():
                return StreamEndedFrame(reason="the call ended")
            case messages.Start() | messages.Connected():
                raise StreamViolation(f"a second {message.event!r} message")

    def _count(self, sequence: int | None) -> None:
        if sequence is None:
            return
        if self._last_sequence and sequence > self._last_sequence + 1:
            self.lost_messages += sequence - self._last_sequence - 1
        self._last_sequence = sequence
