"""The calendar and the suppression list keep one contract, in memory and in the database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from db import migrate
from db.calendar import SqlCalendar
from db.engine import open_engine
from db.suppressions import SqlSuppressions
from domain.ports import Calendar, Slot, Suppressions
from tests.fakes.calendar import MemoryCalendar
from tests.fakes.clock import ManualClock
from tests.fakes.suppressions import MemorySuppressions

AT = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)
SLOT = Slot(AT, "the office")
Pair = tuple[Calendar, Suppressions]


@pytest.fixture(params=["memory", "sql"])
async def storage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Pair]:
    """Both implementations in turn."""
    if request.param == "memory":
        yield MemoryCalendar(), MemorySuppressions()
        return
    url = f"sqlite:///{tmp_path / 'leadline.db'}"
    await migrate.upgrade(url)
    engine = open_engine(url)
    yield SqlCalendar(engine, ManualClock()), SqlSuppressions(engine)
    await engine.dispose()


async def test_the_first_gets_the_slot_and_may_repeat_it(storage: Pair) -> None:
    calendar, _ = storage
    assert await calendar.book(SLOT, conversation_id="one")
    assert not await calendar.book(SLOT, conversation_id="two")
    assert await calendar.book(SLOT, conversation_id="one")


async def test_of_many_at_once_one_gets_it(storage: Pair) -> None:
    calendar, _ = storage
    got = await asyncio.gather(*(calendar.book(SLOT, conversation_id=f"call-{n}") for n in range(8)))
    assert sum(got) == 1


async def test_what_is_taken_is_listed_in_its_span(storage: Pair) -> None:
    calendar, _ = storage
    await calendar.book(SLOT, conversation_id="one")
    later = AT + timedelta(hours=1)
    assert list(await calendar.taken(place="the office", after=AT, before=later)) == [AT]
    assert list(await calendar.taken(place="the office", after=later, before=later + timedelta(days=1))) == []
    assert list(await calendar.taken(place="elsewhere", after=AT, before=later)) == []


async def test_only_the_holder_gives_a_slot_back(storage: Pair) -> None:
    calendar, _ = storage
    await calendar.book(SLOT, conversation_id="one")
    await calendar.release(SLOT, conversation_id="two")
    assert not await calendar.book(SLOT, conversation_id="two")
    await calendar.release(SLOT, conversation_id="one")
    await calendar.release(SLOT, conversation_id="one")
    assert await calendar.book(SLOT, conversation_id="two")


async def test_a_number_is_suppressed_for_good(storage: Pair) -> None:
    _, suppressions = storage
    assert not await suppressions.contains("+14155550101")
    for _ in range(2):
        await suppressions.add("+14155550101", reason="opted out", at=AT)
    assert await suppressions.contains("+14155550101")
