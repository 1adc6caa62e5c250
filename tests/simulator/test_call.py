"""Callbacks, TwiML and the ways in which a call can end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from twilio.request_validator import RequestValidator

from simulator.call import Pickup
from simulator.record import CallRecord
from simulator.twilio import Leads, SimulatedTwilio, reading
from tests.simulator.support import (
    ACCOUNT,
    FROM,
    LEAD,
    AgentSide,
    Hook,
    RunningClock,
    ToneVoice,
    WebhookServer,
    connect_twiml,
    media_server,
    persona,
    place,
    webhook_server,
)

EVENTS = ["initiated", "ringing", "answered", "completed"]


@pytest.fixture
async def twilio() -> AsyncIterator[SimulatedTwilio]:
    leads = Leads(ToneVoice(), reading(lambda call_sid: ""))
    async with SimulatedTwilio(ACCOUNT, leads, clock=RunningClock()) as running:
        yield running


@pytest.fixture
async def hooks() -> AsyncIterator[WebhookServer]:
    async with webhook_server() as server:
        yield server


async def silent(side: AgentSide) -> None:
    """Say nothing."""


async def dial(twilio: SimulatedTwilio, hooks: WebhookServer, **fields: str) -> CallRecord:
    asked = {
        "Url": f"{hooks.url}/voice",
        "StatusCallback": f"{hooks.url}/status?call=7",
        "TimeLimit": "1",
        "Timeout": "1",
        **fields,
    }
    response = await place(twilio.base_url, StatusCallbackEvent=EVENTS, **asked)
    async with asyncio.timeout(10):
        return await twilio.finished(response.json()["sid"])


def signed(hook: Hook) -> bool:
    return bool(RequestValidator(ACCOUNT.auth_token).validate(hook.url, hook.form, hook.signature))


async def test_answered_call_reports_every_step_signed(twilio: SimulatedTwilio, hooks: WebhookServer) -> None:
    await twilio.expect(persona(greeting=""), ring_s=0.1)
    async with media_server(silent) as server:
        hooks.twiml = connect_twiml(server.url, call_id="7")
        record = await dial(twilio, hooks)
    assert [hook.form["CallStatus"] for hook in hooks.at("/status")] == [
        "initiated",
        "ringing",
        "in-progress",
        "completed",
    ]
    assert [hook.form["SequenceNumber"] for hook in hooks.at("/status")] == ["0", "1", "2", "3"]
    assert all(signed(hook) for hook in hooks.hooks)
    last = hooks.at("/status")[-1].form
    assert last["CallDuration"] == str(record.duration_s)
    assert last["Duration"] == "1"
    assert last["SipResponseCode"] == "200"
    (voice,) = hooks.at("/voice")
    assert voice.form["CallStatus"] == "in-progress"
    assert (voice.form["To"], voice.form["Called"], voice.form["From"]) == (LEAD, LEAD, FROM)
    assert record.stream is not None
    assert record.stream.custom_parameters == {"call_id": "7"}
    assert record.duration_s >= 1


async def test_twiml_is_fetched_by_get_with_a_signed_query(twilio: SimulatedTwilio, hooks: WebhookServer) -> None:
    await twilio.expect(persona(), ring_s=0.0)
    await dial(twilio, hooks, Method="GET")
    (voice,) = hooks.at("/voice")
    assert voice.form == {}
    assert "CallSid=CA" in voice.url
    assert RequestValidator(ACCOUNT.auth_token).validate(voice.url, {}, voice.signature)


async def test_machine_detection_reports_a_human(twilio: SimulatedTwilio, hooks: WebhookServer) -> None:
    await twilio.expect(persona(greeting=""), ring_s=0.0, detection_s=0.2)
    async with media_server(silent) as server:
        hooks.twiml = connect_twiml(server.url)
        await dial(
            twilio,
            hooks,
            MachineDetection="Enable",
            AsyncAmd="true",
            AsyncAmdStatusCallback=f"{hooks.url}/amd",
        )
    (amd,) = hooks.at("/amd")
    assert signed(amd)
    assert (amd.form["AnsweredBy"], amd.form["MachineDetectionDuration"]) == ("human", "200")
    assert hooks.at("/status")[-1].form["AnsweredBy"] == "human"


@pytest.mark.parametrize(
    ("pickup", "status", "sip"),
    [(Pickup.BUSY, "busy", "486"), (Pickup.NO_ANSWER, "no-answer", "487"), (Pickup.FAILED, "failed", "404")],
)
async def test_nobody_takes_the_call(
    twilio: SimulatedTwilio, hooks: WebhookServer, pickup: Pickup, status: str, sip: str
) -> None:
    twilio.behave(LEAD, pickup, ring_s=0.1)
    record = await dial(twilio, hooks)
    last = hooks.at("/status")[-1].form
    assert (record.status, last["CallStatus"], last["SipResponseCode"]) == (status, status, sip)
    assert (record.turns, record.recording, record.duration_s) == ((), None, 0)
    assert hooks.at("/voice") == []


async def test_lead_slower_than_the_timeout_is_not_reached(twilio: SimulatedTwilio, hooks: WebhookServer) -> None:
    await twilio.expect(persona(), ring_s=30.0)
    assert (await dial(twilio, hooks)).status == "no-answer"


async def test_unknown_number_fails(twilio: SimulatedTwilio, hooks: WebhookServer) -> None:
    assert (await dial(twilio, hooks)).status == "failed"


@pytest.mark.parametrize(
    ("twiml", "status", "error"),
    [
        ("<Response/>", 200, None),
        ("<Response>", 200, "12100"),
        ("<Response/>", 500, "11200"),
        (connect_twiml("ws://127.0.0.1:9/nobody"), 200, "31920"),
    ],
)
async def test_twiml_that_leads_nowhere_ends_the_call(
    twilio: SimulatedTwilio, hooks: WebhookServer, twiml: str, status: int, error: str | None
) -> None:
    await twilio.expect(persona(), ring_s=0.0)
    hooks.twiml, hooks.status = twiml, status
    record = await dial(twilio, hooks)
    assert record.status == "completed"
    assert record.stream is None or record.stream.duration_ms == 0
    assert (record.error.split()[0] if record.error else None) == error


async def test_nobody_at_an_answering_number_is_an_error(twilio: SimulatedTwilio, hooks: WebhookServer) -> None:
    twilio.behave(LEAD, Pickup.ANSWERED, ring_s=0.0)
    hooks.twiml = connect_twiml("ws://127.0.0.1:9/nobody")
    record = await dial(twilio, hooks)
    assert record.error == "13224 nobody is at this number"


async def test_server_that_hangs_up_by_rest_ends_the_stream(twilio: SimulatedTwilio, hooks: WebhookServer) -> None:
    async def behave(side: AgentSide) -> None:
        await side.next("media")
        twilio.hang_up(await twilio.next_call(LEAD))
        await side.next("stop")

    await twilio.expect(persona(), ring_s=0.0)
    async with media_server(behave) as server:
        hooks.twiml = connect_twiml(server.url)
        record = await dial(twilio, hooks, TimeLimit="30")
    assert record.status == "completed"
    assert record.stream is not None
    assert record.stream.ended_by == "carrier"
    assert record.stream.duration_ms < 1_000


async def test_callback_that_fails_is_a_warning(twilio: SimulatedTwilio, hooks: WebhookServer) -> None:
    record = await dial(twilio, hooks, StatusCallback="http://127.0.0.1:9/status")
    assert record.status == "failed"
    assert all(warning.startswith("11200 http://127.0.0.1:9/status") for warning in record.warnings)
    assert len(record.warnings) == 2


async def test_leaving_drops_calls_that_still_ring(hooks: WebhookServer) -> None:
    leads = Leads(ToneVoice(), reading(lambda call_sid: ""))
    async with asyncio.timeout(5):
        async with SimulatedTwilio(ACCOUNT, leads, clock=RunningClock()) as running:
            running.behave(LEAD, Pickup.NO_ANSWER)
            await place(running.base_url, Url=f"{hooks.url}/voice", StatusCallback=f"{hooks.url}/status")
        assert hooks.at("/voice") == []
