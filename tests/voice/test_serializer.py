"""Twilio's messages to frames and back; a broken one ends the stream with its reason."""

from __future__ import annotations

import base64
import json

import numpy as np
import pytest
from pipecat.frames.frames import Frame, InterruptionFrame, OutputAudioRawFrame, OutputTransportMessageFrame, TextFrame

from voice.audio import g711
from voice.frames import DigitFrame, LineAudioFrame, MarkFrame, StreamEndedFrame
from voice.serializer import TwilioSerializer


def media(sequence: int, timestamp: int = 0, payload: bytes = b"\xff" * 160) -> str:
    audio = {
        "track": "inbound",
        "chunk": "1",
        "timestamp": str(timestamp),
        "payload": base64.b64encode(payload).decode(),
    }
    return json.dumps({"event": "media", "sequenceNumber": str(sequence), "streamSid": "MZ1", "media": audio})


@pytest.fixture
def serializer() -> TwilioSerializer:
    return TwilioSerializer("MZ1")


async def test_audio_keeps_its_time_stamp(serializer: TwilioSerializer) -> None:
    frame = await serializer.deserialize(media(2, 340, bytes(range(160))))
    assert isinstance(frame, LineAudioFrame)
    assert frame.at_ms == 340
    assert frame.pcm.tolist() == g711.decode_ulaw(bytes(range(160))).tolist()


async def test_marks_and_keys_are_frames_of_their_own(serializer: TwilioSerializer) -> None:
    mark = await serializer.deserialize('{"event": "mark", "sequenceNumber": "4", "mark": {"name": "clause-1"}}')
    assert isinstance(mark, MarkFrame)
    assert mark.mark == "clause-1"
    digit = await serializer.deserialize('{"event": "dtmf", "sequenceNumber": "5", "dtmf": {"digit": "9"}}')
    assert isinstance(digit, DigitFrame)
    assert digit.digit == "9"


async def test_stop_ends_the_stream_in_order(serializer: TwilioSerializer) -> None:
    frame = await serializer.deserialize('{"event": "stop", "sequenceNumber": "6"}')
    assert isinstance(frame, StreamEndedFrame)
    assert not frame.violation


@pytest.mark.parametrize(
    "raw",
    [
        "no json",
        b"\x00\x01",
        '{"event": "start", "start": {}}',
        '{"event": "connected", "protocol": "Call"}',
        '{"event": "media", "sequenceNumber": "1", "media": {"payload": "%%", "timestamp": "0", "chunk": "1"}}',
    ],
)
async def test_a_message_out_of_protocol_ends_the_stream_with_its_reason(
    serializer: TwilioSerializer, raw: str | bytes
) -> None:
    frame = await serializer.deserialize(raw)
    assert isinstance(frame, StreamEndedFrame)
    assert frame.violation
    assert frame.reason


async def test_gaps_in_the_sequence_are_counted(serializer: TwilioSerializer) -> None:
    for sequence in (2, 3, 6, 7):
        await serializer.deserialize(media(sequence))
    await serializer.deserialize('{"event": "mark", "sequenceNumber": "8", "mark": {"name": "m"}}')
    await serializer.deserialize(media(9))
    assert serializer.lost_messages == 2


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (InterruptionFrame(), {"event": "clear", "streamSid": "MZ1"}),
        (
            OutputTransportMessageFrame(message={"mark": "clause-1"}),
            {"event": "mark", "streamSid": "MZ1", "mark": {"name": "clause-1"}},
        ),
    ],
)
async def test_what_goes_out(serializer: TwilioSerializer, frame: Frame, message: dict[str, object]) -> None:
    sent = await serializer.serialize(frame)
    assert sent is not None
    assert json.loads(sent) == message


async def test_audio_goes_out_as_mu_law(serializer: TwilioSerializer) -> None:
    pcm = np.array([0, 1_000, -1_000, 32_767], dtype=np.int16)
    sent = await serializer.serialize(OutputAudioRawFrame(audio=pcm.tobytes(), sample_rate=8_000, num_channels=1))
    assert sent is not None
    assert base64.b64decode(json.loads(sent)["media"]["payload"]) == g711.encode_ulaw(pcm)


async def test_frames_that_twilio_need_not_know_stay_inside(serializer: TwilioSerializer) -> None:
    assert await serializer.serialize(TextFrame("hello")) is None
    assert await serializer.serialize(OutputTransportMessageFrame(message={"other": 1})) is None
