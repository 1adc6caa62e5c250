"""Whole calls through the carrier's protocol: our client, a simulated Twilio, our webhooks and our media stream."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from simulator.call import Pickup
from simulator.rest import Account
from simulator.twilio import Leads, SimulatedTwilio, reading
from telephony.twilio_carrier import TwilioAccount, TwilioCarrier
from tests.api.support import PHONE, TOKEN, Served, served, settings_for
from tests.fakes.clock import ManualClock
from tests.simulator.support import RunningClock, ToneVoice, persona

SID = "AC" + "0" * 32


@pytest.fixture
async def twilio() -> AsyncIterator[SimulatedTwilio]:
    leads = Leads(ToneVoice(), reading(lambda call_sid: ""))
    async with SimulatedTwilio(Account(SID, TOKEN), leads, clock=RunningClock()) as running:
        yield running


@pytest.fixture
async def api(tmp_path: Path, clock: ManualClock, twilio: SimulatedTwilio) -> AsyncIterator[Served]:
    """A server whose carrier is Twilio's client."""

    def carrier(public_url: Callable[[], str]) -> TwilioCarrier:
        return TwilioCarrier(TwilioAccount(SID, TOKEN, twilio.base_url), public_url, ring_timeout_s=5, limit_s=30)

    async with served(settings_for(tmp_path), clock, carrier) as running:
        yield running


async def test_an_answered_call_talks_and_ends_when_it_is_hung_up(api: Served, twilio: SimulatedTwilio) -> None:
    await twilio.expect(persona(phone=PHONE), ring_s=0, detection_s=0)
    call_id = await api.place()
    sid = await twilio.next_call(PHONE)
    assert await api.application.talks.get() == call_id
    assert (await api.client.post(f"/calls/{call_id}/hangup")).status_code == 202
    record = await twilio.finished(sid)
    assert (record.status, record.error, record.warnings) == ("completed", None, [])
    await api.ended(call_id)
    kept = (await api.client.get(f"/calls/{call_id}")).json()
    assert (kept["status"], kept["reason"]) == ("ended", "hung up on request")


async def test_a_busy_line_is_kept_as_busy(api: Served, twilio: SimulatedTwilio) -> None:
    twilio.behave(PHONE, Pickup.BUSY, ring_s=0)
    call_id = await api.place()
    record = await twilio.finished(await twilio.next_call(PHONE))
    assert record.warnings == []
    await api.ended(call_id)
    assert (await api.client.get(f"/calls/{call_id}")).json()["outcome"] == "busy"


async def test_a_number_that_the_carrier_refuses_is_told_with_code_and_text(
    api: Served, twilio: SimulatedTwilio
) -> None:
    twilio.refuse(PHONE, code=21211, message="The 'To' number is not valid")
    answer = await api.client.post("/calls", json={"to": PHONE})
    assert (answer.status_code, answer.json()["code"]) == (502, "21211")
    assert "The 'To' number is not valid" in answer.json()["detail"]
