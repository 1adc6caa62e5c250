"""What every carrier does; the real one talks to a simulated Twilio over real sockets."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from domain.errors import TelephonyError
from domain.ports import Carrier, OutboundCall
from simulator.call import Pickup
from simulator.twilio import Leads, SimulatedTwilio, reading
from telephony.twilio_carrier import TwilioAccount, TwilioCarrier
from tests.fakes.carrier import FakeCarrier
from tests.simulator.support import ACCOUNT, FROM, LEAD, RunningClock, ToneVoice

REFUSED = "+14155550166"
PUBLIC = "http://127.0.0.1:9"


def call(to: str = LEAD) -> OutboundCall:
    return OutboundCall("call 1", to, FROM, "token")


def twilio_carrier(base_url: str, auth_token: str = ACCOUNT.auth_token) -> TwilioCarrier:
    account = TwilioAccount(ACCOUNT.sid, auth_token, base_url)
    return TwilioCarrier(account, lambda: PUBLIC, ring_timeout_s=20, limit_s=600)


@asynccontextmanager
async def simulated() -> AsyncIterator[SimulatedTwilio]:
    leads = Leads(ToneVoice(), reading(lambda call_sid: ""))
    async with SimulatedTwilio(ACCOUNT, leads, clock=RunningClock()) as twilio:
        twilio.behave(LEAD, Pickup.NO_ANSWER)
        twilio.refuse(REFUSED, code=21211, message="The 'To' number is not valid")
        yield twilio


@pytest.fixture(params=["fake", "twilio"])
async def carrier(request: pytest.FixtureRequest) -> AsyncIterator[Carrier]:
    if request.param == "fake":
        refusal = TelephonyError("21211", "The 'To' number is not valid")
        yield FakeCarrier(refusals={REFUSED: refusal})
        return
    async with simulated() as twilio:
        yield twilio_carrier(twilio.base_url)


async def test_each_call_has_an_id_of_its_own(carrier: Carrier) -> None:
    ids = {await carrier.place(call()), await carrier.place(call())}
    assert len(ids) == 2
    assert all(len(carrier_id) == 34 and carrier_id.startswith("CA") for carrier_id in ids)


async def test_a_refusal_keeps_code_and_text(carrier: Carrier) -> None:
    with pytest.raises(TelephonyError) as refusal:
        await carrier.place(call(REFUSED))
    assert refusal.value.code == "21211"
    assert "The 'To' number is not valid" in refusal.value.text


async def test_ending_a_call_twice_is_no_error(carrier: Carrier) -> None:
    carrier_id = await carrier.place(call())
    await carrier.hang_up(carrier_id)
    await carrier.hang_up(carrier_id)


async def test_ending_an_unknown_call_is_no_error(carrier: Carrier) -> None:
    await carrier.hang_up("CA" + "f" * 32)


async def test_twilio_is_asked_for_detection_callbacks_and_limits() -> None:
    async with simulated() as twilio:
        carrier_id = await twilio_carrier(twilio.base_url).place(call())
        asked = twilio.calls[carrier_id].request
        assert asked.url == f"{PUBLIC}/twilio/voice?call_id=call%201"
        assert asked.status_callback == f"{PUBLIC}/twilio/status?call_id=call%201"
        assert asked.amd_callback == f"{PUBLIC}/twilio/amd?call_id=call%201"
        assert asked.status_events == {"initiated", "ringing", "answered", "completed"}
        assert asked.detects_machine
        assert (asked.timeout_s, asked.limit_s) == (20, 600)
        assert (asked.method, asked.status_method) == ("POST", "POST")


async def test_a_wrong_token_is_a_refusal() -> None:
    async with simulated() as twilio:
        with pytest.raises(TelephonyError) as refusal:
            await twilio_carrier(twilio.base_url, "wrong").place(call())
        assert refusal.value.code == "20003"


async def test_a_carrier_that_cannot_be_reached_is_a_telephony_error() -> None:
    async with simulated() as twilio:
        gone = twilio.base_url
    with pytest.raises(TelephonyError) as failure:
        await twilio_carrier(gone).place(call())
    assert failure.value.code == "unreachable"
