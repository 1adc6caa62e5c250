"""What a call is made of, out of the settings."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from bootstrap.calls import NoCarrier, carrier_from, voice_options
from domain.errors import TelephonyError
from domain.ports import OutboundCall
from settings.load import load_settings
from settings.places import DEFAULT_CONFIG
from telephony.twilio_carrier import TwilioCarrier
from tests.bootstrap.test_application import TWILIO, settings
from voice.options import VoiceOptions


def test_the_shipped_settings_are_the_voices_own_defaults() -> None:
    assert voice_options(load_settings({}, DEFAULT_CONFIG)) == VoiceOptions()


def test_every_option_of_the_voice_comes_from_the_settings(tmp_path: Path) -> None:
    text = DEFAULT_CONFIG.read_text(encoding="utf-8").replace("reprompt_ms: 6000", "reprompt_ms: 7000")
    changed = tmp_path / "default.yaml"
    changed.write_text(text.replace("quick_ms: 288", "quick_ms: 300"), encoding="utf-8")
    options = voice_options(load_settings({}, changed))
    assert (options.reprompt_ms, options.endpoint.quick_ms) == (7_000, 300)
    assert dataclasses.replace(options, reprompt_ms=6_000, endpoint=VoiceOptions().endpoint) == VoiceOptions()


@pytest.mark.parametrize("missing", [None, *TWILIO])
def test_a_carrier_needs_the_whole_account(tmp_path: Path, missing: str | None) -> None:
    variables = {name: value for name, value in TWILIO.items() if name != missing}
    carrier = carrier_from(settings(tmp_path, **variables), lambda: "http://127.0.0.1:8000")
    assert isinstance(carrier, TwilioCarrier) if missing is None else carrier is None


async def test_without_an_account_nothing_is_dialled() -> None:
    carrier = NoCarrier()
    with pytest.raises(TelephonyError, match="no Twilio account"):
        await carrier.place(OutboundCall("c1", "+14155550101", "", "token"))
    await carrier.hang_up("CA1")
