"""A slot has one holder."""

from __future__ import annotations

import asyncio
from datetime import timedelta, timezone

from sqlalchemy.ext.asyncio import AsyncEngine

from db.calendar import SqlCalendar
from domain.ports import Calendar, Slot
from tests.fakes.call_events import BEGAN
from tests.fakes.clock import ManualClock

SLOT = Slot(BEGAN, "12 Elm Street")


def sql(engine: AsyncEngine) -> Calendar:
    return SqlCalendar(engine, ManualClock())


async def test_the_first_gets_the_slot(engine: AsyncEngine) -> None:
    calendar = sql(engine)
    assert await calendar.book(SLOT, conversation_id="first")
    assert not await calendar.book(SLOT, conversation_id="second")
    assert await calendar.book(SLOT, conversation_id="first")


async def test_another_zone_is_the_same_time(engine: AsyncEngine) -> None:
    calendar = sql(engine)
    assert await calendar.book(SLOT, conversation_id="first")
    elsewhere = Slot(BEGAN.astimezone(timezone(timedelta(hours=-5))), SLOT.place)
    assert not await calendar.book(elsewhere, conversation_id="second")


async def test_another_place_or_time_is_free(engine: AsyncEngine) -> None:
    calendar = sql(engine)
    assert await calendar.book(SLOT, conversation_id="first")
    assert await calendar.book(Slot(BEGAN, "7 Oak Lane"), conversation_id="second")
    assert await calendar.book(Slot(BEGAN + timedelta(hours=1), SLOT.place), conversation_id="third")


async def test_only_the_holder_can_give_a_slot_back(engine: AsyncEngine) -> None:
    calendar = sql(engine)
    await calendar.book(SLOT, conversation_id="first")
    await calendar.release(SLOT, conversation_id="second")
    assert not await calendar.book(SLOT, conversation_id="second")
    await calendar.release(SLOT, conversation_id="first")
    await calendar.release(SLOT, conversation_id="first")
    assert await calendar.book(SLOT, conversation_id="second")


async def test_taken_lists_the_span_without_its_end(engine: AsyncEngine) -> None:
    calendar = sql(engine)
    hours = [BEGAN + timedelta(hours=hour) for hour in (2, 0, 1, 3)]
    for start in hours:
        await calendar.book(Slot(start, SLOT.place), conversation_id="one")
    await calendar.book(Slot(BEGAN, "7 Oak Lane"), conversation_id="one")
    await calendar.release(Slot(hours[2], SLOT.place), conversation_id="one")
    taken = await calendar.taken(place=SLOT.place, after=BEGAN, before=BEGAN + timedelta(hours=3))
    assert list(taken) == [BEGAN, BEGAN + timedelta(hours=2)]
    assert all(start.utcoffset() == timedelta(0) for start in taken)


async def test_of_twenty_at_once_exactly_one_gets_the_slot(engine: AsyncEngine) -> None:
    calendar = sql(engine)
    for attempt in range(3):
        slot = Slot(BEGAN + timedelta(hours=attempt), SLOT.place)
        tries = [calendar.book(slot, conversation_id=f"call-{number}") for number in range(20)]
        assert sum(await asyncio.gather(*tries)) == 1
    assert len(await calendar.taken(place=SLOT.place, after=BEGAN, before=BEGAN + timedelta(days=1))) == 3
