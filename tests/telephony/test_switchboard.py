"""A call from its ringing to its end."""

from __future__ import annotations

import asyncio

import pytest

from domain.errors import NotFound, StorageFailed, TelephonyError
from telephony.calls import CallLimits
from tests.fakes.clock import ManualClock
from tests.telephony.support import PHONE, Desk, request


async def test_a_token_opens_its_stream_once(desk: Desk) -> None:
    call_id = await desk.switchboard.place(request())
    token = desk.switchboard.token_of(call_id)
    assert token is not None
    live = desk.switchboard.redeem(token)
    assert live is not None
    assert live.call_id == call_id
    assert desk.switchboard.redeem(token) is None
    assert desk.switchboard.token_of(call_id) is None
    assert desk.switchboard.redeem("another") is None


async def test_a_token_expires(desk: Desk, clock: ManualClock) -> None:
    call_id = await desk.switchboard.place(request())
    token = desk.switchboard.token_of(call_id)
    assert token is not None
    clock.advance(120)
    assert desk.switchboard.token_of(call_id) is None
    assert desk.switchboard.redeem(token) is None


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("no-answer", "no_answer"),
        ("busy", "busy"),
        ("failed", "failed"),
        ("canceled", "failed"),
        ("completed", "failed"),
    ],
)
async def test_an_unanswered_call_ends_with_the_carriers_word_once(desk: Desk, status: str, outcome: str) -> None:
    call_id = await desk.switchboard.place(request())
    for word in ("initiated", "ringing", status, status, "ringing"):
        desk.switchboard.on_status(call_id, word)
    assert desk.types(call_id) == ["placed", "ended"]
    assert desk.ended(call_id)[0] == outcome
    assert desk.switchboard.live() == []


async def test_the_carriers_detail_joins_the_reason(desk: Desk) -> None:
    call_id = await desk.switchboard.place(request())
    desk.switchboard.on_status(call_id, "failed", detail="no route")
    assert desk.ended(call_id) == ("failed", "the carrier could not connect the call: no route")


async def test_a_status_of_an_unknown_call_is_harmless(desk: Desk) -> None:
    desk.switchboard.on_status("nobody", "completed")
    desk.switchboard.on_answered_by("nobody", "human")
    assert desk.written == {}


async def test_a_talk_settles_itself_whatever_the_carrier_says_meanwhile(desk: Desk) -> None:
    call_id = await desk.talking()
    live = desk.switchboard.find(call_id)
    assert live is not None
    desk.talks[0].may_close.clear()
    settling = asyncio.create_task(desk.switchboard.talked(live, "the line dropped"))
    await desk.talks[0].closing.wait()
    desk.switchboard.on_status(call_id, "completed")
    desk.talks[0].may_close.set()
    await settling
    desk.switchboard.on_status(call_id, "completed")
    assert desk.types(call_id) == ["placed", "ended"]
    assert desk.ended(call_id) == ("qualified", "the line dropped")
    assert desk.carrier.hung_up == [live.carrier_id]
    assert desk.switchboard.find(call_id) is None


async def test_a_talk_settles_though_the_carrier_fails_to_hang_up(desk: Desk) -> None:
    call_id = await desk.talking()
    live = desk.switchboard.find(call_id)
    assert live is not None
    desk.carrier.fails = TelephonyError("500", "broken")
    await desk.switchboard.talked(live, "said goodbye")
    assert desk.ended(call_id) == ("qualified", "said goodbye")


@pytest.mark.parametrize(
    ("answered_by", "label"),
    [
        ("human", "human"),
        ("machine_start", "voicemail"),
        ("machine_end_beep", "voicemail"),
        ("fax", "fax"),
        ("unknown", "unknown"),
        ("something new", "unknown"),
    ],
)
async def test_the_first_verdict_counts(desk: Desk, answered_by: str, label: str) -> None:
    call_id = await desk.switchboard.place(request())
    desk.switchboard.on_answered_by(call_id, answered_by)
    desk.switchboard.on_answered_by(call_id, "human")
    assert [event.data.model_dump() for event in desk.written[call_id][1:]] == [{"type": "verdict", "label": label}]


async def test_a_machine_without_a_stream_is_voicemail(desk: Desk) -> None:
    call_id = await desk.switchboard.place(request())
    desk.switchboard.on_answered_by(call_id, "machine_start")
    desk.switchboard.on_status(call_id, "completed")
    assert desk.ended(call_id)[0] == "voicemail"


async def test_hanging_up_a_ringing_call_ends_it_with_the_reason(desk: Desk) -> None:
    call_id = await desk.switchboard.place(request())
    await desk.switchboard.hang_up(call_id)
    assert len(desk.carrier.hung_up) == 1
    desk.switchboard.on_status(call_id, "canceled")
    assert desk.ended(call_id) == ("interrupted", "hung up on request")
    with pytest.raises(NotFound):
        await desk.switchboard.hang_up(call_id)


async def test_hanging_up_while_dialling_takes_effect_once_the_carrier_knows_the_call(desk: Desk) -> None:
    desk.carrier.gate = asyncio.Event()
    placing = asyncio.create_task(desk.switchboard.place(request()))
    await desk.carrier.dialling.wait()
    (live,) = desk.switchboard.live()
    await desk.switchboard.hang_up(live.call_id)
    assert desk.carrier.hung_up == []
    desk.carrier.gate.set()
    await placing
    assert desk.carrier.hung_up == [live.carrier_id]


async def test_an_opt_out_ends_the_talk_as_opted_out(desk: Desk) -> None:
    call_id = await desk.talking()
    other = await desk.talking("+14155550177")
    await desk.switchboard.opt_out("(415) 555-0199", quote="STOP")
    live = desk.switchboard.find(call_id)
    assert live is not None
    assert desk.carrier.hung_up == [live.carrier_id]
    await desk.switchboard.talked(live, "the line dropped")
    assert desk.types(call_id) == ["placed", "opted_out", "ended"]
    assert desk.ended(call_id) == ("opted_out", "the number opted out")
    assert desk.switchboard.find(other) is not None
    assert desk.suppressions.phones == {PHONE}


async def test_an_opt_out_ends_a_ringing_call_as_opted_out(desk: Desk) -> None:
    call_id = await desk.switchboard.place(request())
    await desk.switchboard.opt_out(PHONE, quote="STOP")
    desk.switchboard.on_status(call_id, "canceled")
    assert desk.ended(call_id)[0] == "opted_out"


async def test_an_opt_out_that_cannot_be_stored_still_ends_the_call_and_is_reported(desk: Desk) -> None:
    call_id = await desk.switchboard.place(request())
    desk.suppressions.fails = StorageFailed("disk full")
    with pytest.raises(StorageFailed):
        await desk.switchboard.opt_out(PHONE, quote="STOP")
    assert desk.types(call_id) == ["placed", "opted_out"]
    assert len(desk.carrier.hung_up) == 1


async def test_drain_lets_a_talk_finish(desk: Desk) -> None:
    call_id = await desk.talking()
    live = desk.switchboard.find(call_id)
    assert live is not None
    draining = asyncio.create_task(desk.switchboard.drain(30))
    await asyncio.sleep(0)
    assert not draining.done()
    await desk.switchboard.talked(live, "said goodbye")
    await draining
    assert desk.ended(call_id) == ("qualified", "said goodbye")


async def test_drain_ends_calls_at_its_limit(desk: Desk) -> None:
    call_id = await desk.switchboard.place(request())
    await desk.switchboard.drain(0)
    assert desk.ended(call_id) == ("interrupted", "the server stopped")
    assert len(desk.carrier.hung_up) == 1


async def test_drain_ends_a_talk_through_its_own_settlement(desk: Desk) -> None:
    call_id = await desk.talking()
    live = desk.switchboard.find(call_id)
    assert live is not None
    draining = asyncio.create_task(desk.switchboard.drain(0))
    await desk.carrier.ended.wait()
    await desk.switchboard.talked(live, "the line dropped")
    await draining
    assert desk.ended(call_id) == ("qualified", "the server stopped")


async def test_drain_waits_for_a_call_that_is_being_dialled_and_ends_it(desk: Desk) -> None:
    desk.carrier.gate = asyncio.Event()
    placing = asyncio.create_task(desk.switchboard.place(request()))
    await desk.carrier.dialling.wait()
    draining = asyncio.create_task(desk.switchboard.drain(0))
    await desk.first_ended.wait()
    desk.carrier.gate.set()
    await draining
    assert desk.carrier.hung_up == [f"CA{1:032d}"]
    assert desk.ended(await placing) == ("interrupted", "the server stopped")


async def test_no_call_outlives_its_limit(clock: ManualClock) -> None:
    desk = Desk(clock, CallLimits(from_number="+14155550100", max_call_s=0.02, ring_timeout_s=0.01, token_s=10))
    call_id = await desk.switchboard.place(request())
    await desk.first_ended.wait()
    assert desk.ended(call_id) == ("interrupted", "the call reached its limit")
    assert len(desk.carrier.hung_up) == 1
    assert desk.switchboard.live() == []


async def test_a_stream_that_does_not_settle_itself_is_settled(clock: ManualClock) -> None:
    limits = CallLimits(from_number="+14155550100", max_call_s=60, ring_timeout_s=30, token_s=10, settle_s=0.01)
    desk = Desk(clock, limits)
    call_id = await desk.talking()
    await desk.switchboard.drain(0)
    assert desk.talks[0].closed == "the server stopped"
    assert desk.ended(call_id) == ("qualified", "the server stopped")


async def test_a_carrier_that_fails_does_not_keep_a_call_alive(desk: Desk) -> None:
    call_id = await desk.switchboard.place(request())
    desk.carrier.fails = TelephonyError("500", "broken")
    with pytest.raises(TelephonyError):
        await desk.switchboard.hang_up(call_id)
    await desk.switchboard.drain(0)
    assert desk.ended(call_id)[0] == "interrupted"


async def test_a_stream_that_outlives_its_call_is_settled(clock: ManualClock) -> None:
    limits = CallLimits(from_number="+14155550100", max_call_s=60, ring_timeout_s=30, token_s=10, settle_s=0.01)
    desk = Desk(clock, limits)
    call_id = await desk.talking()
    live = desk.switchboard.find(call_id)
    assert live is not None
    desk.switchboard.on_status(call_id, "in-progress")
    assert not desk.talks[0].closing.is_set()
    desk.switchboard.on_status(call_id, "completed")
    desk.switchboard.on_status(call_id, "completed")
    await live.over.wait()
    assert desk.ended(call_id) == ("qualified", "the carrier ended the call")
    await desk.switchboard.talked(live, "the line dropped")
    assert desk.talks[0].closed == "the carrier ended the call"
    assert desk.types(call_id) == ["placed", "ended"]


async def test_an_opt_out_ends_a_talk_even_when_the_carrier_fails_to_hang_up() -> None:
    limits = CallLimits(from_number="+14155550100", max_call_s=60, ring_timeout_s=30, token_s=10, settle_s=0.01)
    desk = Desk(ManualClock(), limits)
    call_id = await desk.talking()
    live = desk.switchboard.find(call_id)
    assert live is not None
    desk.carrier.fails = TelephonyError("500", "down")
    await desk.switchboard.opt_out(PHONE, quote="STOP")
    await asyncio.wait_for(live.over.wait(), 10)
    assert desk.ended(call_id)[0] == "opted_out"
