"""The dialog as a Pipecat processor: frames in, the exchange's speech out."""

from __future__ import annotations

from collections.abc import Callable

from pipecat.frames.frames import Frame, OutputAudioRawFrame, OutputTransportMessageFrame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from domain.ports import Pcm16
from voice.endpointing import Evidence
from voice.exchange import Exchange
from voice.frames import DigitFrame, EvidenceFrame, LeadSignalFrame, MarkFrame, StreamEndedFrame
from voice.speaking import LINE_RATE
from voice.thinking import Heard

EndCall = Callable[[str], None]
"""Takes the reason why the stream is over."""


class Dialog(FrameProcessor):
    """Feeds an `Exchange` from frames and is its `Line`."""

    def __init__(self, make_exchange: Callable[[Dialog], Exchange], on_end: EndCall) -> None:
        """Build the exchange around this line; `on_end` is told when the stream is over, by whichever side."""
        super().__init__()
        self.exchange = make_exchange(self)
        self._on_end = on_end

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Take what concerns the dialog; pass everything else on."""
        await super().process_frame(frame, direction)
        if isinstance(frame, LeadSignalFrame):
            await self.exchange.on_signal(frame.signal, Heard(frame.pcm, frame.start_ms, frame.end_ms))
        elif isinstance(frame, MarkFrame):
            self.exchange.on_mark(frame.mark)
        elif isinstance(frame, DigitFrame):
            await self.exchange.on_digit(frame.digit)
        elif isinstance(frame, StreamEndedFrame):
            self._on_end(frame.reason)
        else:
            await self.push_frame(frame, direction)

    async def send_audio(self, pcm: Pcm16) -> None:
        """Queue int16 at 8 kHz, whole frames of 20 ms."""
        await self.push_frame(OutputAudioRawFrame(audio=pcm.tobytes(), sample_rate=LINE_RATE, num_channels=1))

    async def send_mark(self, name: str) -> None:
        """Queue a mark behind the audio queued so far."""
        await self.push_frame(OutputTransportMessageFrame(message={"mark": name}))

    async def clear(self) -> None:
        """Drop all audio that has not been played."""
        await self.broadcast_interruption()  # type: ignore[no-untyped-call]

    async def tell(self, evidence: Evidence) -> None:
        """Give the ears what is known of the present pause."""
        await self.push_frame(EvidenceFrame(evidence), FrameDirection.UPSTREAM)

    async def end(self) -> None:
        """End the stream and the call."""
        self._on_end("the agent said goodbye")
