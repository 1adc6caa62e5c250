"""Twilio's messages: what it sends is read, what breaks the protocol is refused with a reason."""

from __future__ import annotations

import json

import pytest

from domain.errors import StreamViolation
from voice import messages

MEDIA = {
    "event": "media",
    "sequenceNumber": "3",
    "streamSid": "MZ1",
    "media": {"track": "inbound", "chunk": "1", "timestamp": "20", "payload": "//8="},
}


def test_media_is_read() -> None:
    message = messages.parse(json.dumps(MEDIA))
    assert isinstance(message, messages.Media)
    assert (message.sequence_number, message.media.timestamp, message.audio()) == (3, 20, b"\xff\xff")


def test_start_is_read_with_its_parameters() -> None:
    raw = {
        "event": "start",
        "sequenceNumber": "1",
        "start": {
            "accountSid": "AC1",
            "streamSid": "MZ1",
            "callSid": "CA1",
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            "customParameters": {"call_id": "c1"},
        },
        "streamSid": "MZ1",
    }
    message = messages.parse(json.dumps(raw))
    assert isinstance(message, messages.Start)
    assert (message.start.call_sid, message.start.custom_parameters) == ("CA1", {"call_id": "c1"})


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "no json",
        "[]",
        '{"event": "dance"}',
        '{"event": "media"}',
        json.dumps({**MEDIA, "media": {**MEDIA["media"], "timestamp": "-1"}}),  # type: ignore[dict-item]
        '{"event": "dtmf", "dtmf": {"digit": "12"}}',
        '{"event": "start", "start": {"callSid": "CA1", "streamSid": "MZ1", "mediaFormat": '
        '{"encoding": "audio/x-l16", "sampleRate": 16000, "channels": 1}}}',
        "x" * (messages.MAX_MESSAGE_CHARS + 1),
    ],
)
def test_what_twilio_never_sends_is_refused(raw: str) -> None:
    with pytest.raises(StreamViolation):
        messages.parse(raw)


def test_a_payload_that_is_not_base64_is_refused() -> None:
    broken = {**MEDIA, "media": {**MEDIA["media"], "payload": "%%%"}}  # type: ignore[dict-item]
    message = messages.parse(json.dumps(broken))
    assert isinstance(message, messages.Media)
    with pytest.raises(StreamViolation, match="base64"):
        message.audio()


def test_what_we_send_is_shaped_as_twilio_asks() -> None:
    assert json.loads(messages.media("MZ1", b"\xff")) == {
        "event": "media",
        "streamSid": "MZ1",
        "media": {"payload": "/w=="},
    }
    assert json.loads(messages.mark("MZ1", "m")) == {"event": "mark", "streamSid": "MZ1", "mark": {"name": "m"}}
    assert json.loads(messages.clear("MZ1")) == {"event": "clear", "streamSid": "MZ1"}
