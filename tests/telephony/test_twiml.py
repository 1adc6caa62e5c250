"""TwiML, as the simulator reads it."""

from __future__ import annotations

import pytest

from simulator.twiml import parse_twiml
from telephony import twiml


@pytest.mark.parametrize(
    ("public", "url"),
    [
        ("https://calls.example.com", "wss://calls.example.com/twilio/media/t-1"),
        ("http://127.0.0.1:8000", "ws://127.0.0.1:8000/twilio/media/t-1"),
        ("https://example.com/calls/", "wss://example.com/calls/twilio/media/t-1"),
    ],
)
def test_a_stream_is_connected_with_its_parameters(public: str, url: str) -> None:
    verb = parse_twiml(twiml.connect_stream(public, token="t-1", parameters={"call_id": 'a "b" & c'}))
    assert verb is not None
    assert verb.url == url
    assert verb.parameters == {"call_id": 'a "b" & c'}


def test_hanging_up_and_nothing_connect_no_stream() -> None:
    assert parse_twiml(twiml.hang_up()) is None
    assert "<Hangup" in twiml.hang_up()
    assert parse_twiml(twiml.nothing()) is None
    assert "<Hangup" not in twiml.nothing()
