"""Placing calls: who may be dialled, and how often."""

from __future__ import annotations

import asyncio

import pytest

from domain.errors import Closed, DialUncertain, InvalidPhone, MissingPart, ModelUnavailable, Suppressed, TelephonyError
from domain.events import Placed
from tests.telephony.support import FROM, PHONE, Desk, request


async def test_call_is_placed_with_its_number_in_e164_and_warmed_while_it_rings(desk: Desk) -> None:
    call_id = await desk.switchboard.place(request("(415) 555-0199"))
    (call,) = desk.carrier.placed
    assert (call.call_id, call.to, call.from_) == (call_id, PHONE, FROM)
    assert call.media_token == desk.switchboard.token_of(call_id)
    (placed,) = desk.written[call_id]
    assert placed.data == Placed(to=PHONE, playbook="real_estate", lead_name="Ann Lee")
    await asyncio.sleep(0)
    assert desk.talks[0].warmed == 1
    live = desk.switchboard.find(call_id)
    assert live is not None
    assert live.carrier_id is not None
    assert desk.switchboard.live() == [live]


async def test_a_number_that_is_none_is_refused(desk: Desk) -> None:
    with pytest.raises(InvalidPhone):
        await desk.switchboard.place(request("12"))
    assert not desk.carrier.dialling.is_set()


async def test_a_suppressed_number_is_never_dialled_and_gives_its_key_back(desk: Desk) -> None:
    desk.suppressions.phones.add(PHONE)
    with pytest.raises(Suppressed):
        await desk.switchboard.place(request(key="a"))
    assert not desk.carrier.dialling.is_set()
    assert desk.keys.owners == {}
    assert desk.written == {}


async def test_an_opt_out_while_the_call_is_prepared_stops_the_dial(desk: Desk) -> None:
    desk.meanwhile.clear()
    placing = asyncio.create_task(desk.switchboard.place(request()))
    await desk.preparing.wait()
    await desk.switchboard.opt_out(PHONE, quote="STOP")
    desk.meanwhile.set()
    with pytest.raises(Suppressed):
        await placing
    assert not desk.carrier.dialling.is_set()


async def test_twenty_requests_with_one_key_dial_once(desk: Desk) -> None:
    ids = await asyncio.gather(*(desk.switchboard.place(request(key="a")) for _ in range(20)))
    again = await desk.switchboard.place(request(key="a"))
    assert {*ids, again} == {desk.carrier.placed[0].call_id}
    assert len(desk.carrier.placed) == 1
    other = await desk.switchboard.place(request(key="b"))
    assert other != again


async def test_requests_with_one_key_share_a_refusal_and_may_be_repeated_later(desk: Desk) -> None:
    desk.carrier.refusals[PHONE] = TelephonyError("21211", "no such number")
    results = await asyncio.gather(
        *(desk.switchboard.place(request(key="a")) for _ in range(5)), return_exceptions=True
    )
    assert [str(error) for error in results] == ["carrier error 21211: no such number"] * 5
    assert len(desk.written) == 1
    del desk.carrier.refusals[PHONE]
    assert await desk.switchboard.place(request(key="a")) == desk.carrier.placed[0].call_id


async def test_a_carriers_refusal_is_kept(desk: Desk) -> None:
    desk.carrier.refusals[PHONE] = TelephonyError("21211", "no such number")
    with pytest.raises(TelephonyError) as refusal:
        await desk.switchboard.place(request())
    assert (refusal.value.code, refusal.value.text) == ("21211", "no such number")
    (call_id,) = desk.written
    assert desk.types(call_id) == ["placed", "ended"]
    assert desk.ended(call_id) == ("failed", "carrier 21211: no such number")
    assert desk.switchboard.find(call_id) is None
    assert desk.switchboard.token_of(call_id) is None


async def test_a_call_that_the_carrier_may_have_taken_is_not_dialled_again(desk: Desk) -> None:
    desk.carrier.refusals[PHONE] = DialUncertain("unreachable", "no answer in time")
    with pytest.raises(DialUncertain):
        await desk.switchboard.place(request(key="a"))
    (call_id,) = desk.written
    del desk.carrier.refusals[PHONE]
    assert await desk.switchboard.place(request(key="a")) == call_id
    assert desk.carrier.placed == []
    assert desk.ended(call_id) == ("failed", "carrier unreachable: no answer in time")


async def test_whatever_stops_a_dial_the_call_ends(desk: Desk) -> None:
    desk.carrier.refusals[PHONE] = MissingPart("no carrier")
    with pytest.raises(MissingPart):
        await desk.switchboard.place(request(key="a"))
    (call_id,) = desk.written
    assert desk.ended(call_id) == ("failed", "the call could not be placed")
    assert desk.switchboard.live() == []
    assert desk.keys.owners == {}


async def test_a_call_that_cannot_be_prepared_gives_its_key_back(desk: Desk) -> None:
    desk.prepare_fails = MissingPart("no voice")
    with pytest.raises(MissingPart):
        await desk.switchboard.place(request(key="a"))
    assert desk.keys.owners == {}
    assert desk.written == {}


async def test_a_caller_that_goes_away_does_not_stop_the_dial(desk: Desk) -> None:
    desk.carrier.gate = asyncio.Event()
    placing = asyncio.create_task(desk.switchboard.place(request(key="a")))
    await desk.carrier.dialling.wait()
    placing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await placing
    desk.carrier.gate.set()
    call_id = await desk.switchboard.place(request(key="a"))
    assert [call.call_id for call in desk.carrier.placed] == [call_id]


async def test_the_carriers_word_may_come_before_its_answer(desk: Desk) -> None:
    desk.carrier.gate = asyncio.Event()
    placing = asyncio.create_task(desk.switchboard.place(request(key="a")))
    await desk.carrier.dialling.wait()
    (live,) = desk.switchboard.live()
    desk.switchboard.on_status(live.call_id, "busy")
    desk.carrier.gate.set()
    assert await placing == live.call_id
    assert desk.types(live.call_id) == ["placed", "ended"]
    assert desk.ended(live.call_id)[0] == "busy"
    assert desk.switchboard.live() == []
    assert await desk.switchboard.place(request(key="a")) == live.call_id
    assert len(desk.carrier.placed) == 1


async def test_a_call_that_is_prepared_when_the_drain_begins_is_not_dialled(desk: Desk) -> None:
    desk.meanwhile.clear()
    placing = asyncio.create_task(desk.switchboard.place(request(key="a")))
    await desk.preparing.wait()
    draining = asyncio.create_task(desk.switchboard.drain(0))
    await asyncio.sleep(0)
    desk.meanwhile.set()
    with pytest.raises(Closed):
        await placing
    await draining
    assert not desk.carrier.dialling.is_set()
    assert desk.keys.owners == {}


async def test_a_model_that_is_away_does_not_stop_the_call(desk: Desk) -> None:
    desk.warm_fails = ModelUnavailable("down")
    call_id = await desk.switchboard.place(request())
    await desk.talks[0].warm_tried.wait()
    assert desk.switchboard.find(call_id) is not None


async def test_a_draining_switchboard_places_nothing(desk: Desk) -> None:
    await desk.switchboard.drain(0)
    with pytest.raises(Closed):
        await desk.switchboard.place(request())
    assert not desk.carrier.dialling.is_set()
