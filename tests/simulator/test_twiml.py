"""TwiML and stream messages as Twilio reads them."""

from __future__ import annotations

import base64
import json

import pytest

from simulator.messages import Clear, Mark, Media, parse_message
from simulator.twiml import StreamVerb, TwimlError, parse_twiml


def test_stream_and_its_parameters_are_read() -> None:
    document = """<?xml version="1.0" encoding="UTF-8"?><Response><Connect><Stream url="wss://host/media/abc">
        <Parameter name="call_id" value="42 &amp; up"/></Stream></Connect></Response>"""
    assert parse_twiml(document) == StreamVerb("wss://host/media/abc", {"call_id": "42 & up"})


@pytest.mark.parametrize("document", ["<Response/>", "<Response><Hangup/></Response>"])
def test_response_without_a_stream_hangs_up(document: str) -> None:
    assert parse_twiml(document) is None


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("<Response>", 12100),
        ("<Reply/>", 12100),
        ("<Response><Dance/></Response>", 12200),
        ("<Response><Connect/></Response>", 31920),
        ('<Response><Connect><Stream url="http://host"/></Connect></Response>', 31920),
    ],
)
def test_documents_that_cannot_be_run(document: str, code: int) -> None:
    with pytest.raises(TwimlError) as caught:
        parse_twiml(document)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("message", "parsed"),
    [
        ({"event": "media", "media": {"payload": base64.b64encode(b"\xff").decode()}}, Media(b"\xff")),
        ({"event": "mark", "mark": {"name": "m1"}}, Mark("m1")),
        ({"event": "clear"}, Clear()),
    ],
)
def test_messages_of_the_server(message: dict[str, object], parsed: object) -> None:
    assert parse_message(json.dumps({**message, "streamSid": "MZ1"}), stream_sid="MZ1") == parsed


@pytest.mark.parametrize(
    "text",
    [
        b"\x00",
        "no json",
        "[]",
        '{"event": "clear"}',
        '{"event": "clear", "streamSid": "MZ2"}',
        '{"event": "media", "streamSid": "MZ1"}',
        '{"event": "media", "streamSid": "MZ1", "media": {"payload": "%%%"}}',
        '{"event": "mark", "streamSid": "MZ1", "mark": {}}',
        '{"event": "start", "streamSid": "MZ1"}',
    ],
)
def test_messages_that_break_the_protocol(text: str | bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_message(text, stream_sid="MZ1")
