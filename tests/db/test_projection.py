"""The rows follow the journal, whatever happens between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from db import migrate, tables
from db.engine import open_engine
from db.journal import Journal
from db.journal_files import JournalFiles
from db.projection import Projector
from db.repositories import CallRecords, SqlCalendar, SqlSuppressions
from domain.errors import StorageFailed
from domain.events import Answered, Appointment, Ended, Event, FollowUp, OptedOut, Transferred
from domain.ports import Slot
from tests.fakes.call_events import BEGAN, PHONE, VIEWING, numbered, placed, ready_buyer
from tests.fakes.clock import ManualClock


@asynccontextmanager
async def projecting(engine: AsyncEngine, journal: Journal) -> AsyncIterator[Projector]:
    projector = Projector(engine, journal, ManualClock(), retry_s=0.01)
    await projector.start()
    try:
        yield projector
    finally:
        await projector.close()


def write(journal: Journal, conversation_id: str, events: Sequence[Event]) -> None:
    for event in events:
        journal.write(conversation_id, event)


async def all_rows(engine: AsyncEngine) -> dict[str, list[tuple[object, ...]]]:
    found = {}
    async with engine.connect() as connection:
        for table in tables.metadata.sorted_tables:
            rows = (await connection.execute(select(table).order_by(*table.primary_key.columns))).all()
            found[table.name] = [tuple(row) for row in rows]
    return found


async def test_a_call_becomes_rows(engine: AsyncEngine, journal: Journal) -> None:
    async with projecting(engine, journal) as projector:
        write(journal, "call", ready_buyer())
        await projector.settled()
        record = await CallRecords(engine).get("call")
    assert (record.status, record.outcome, record.score) == ("ended", "appointment_booked", 72.5)
    assert record.appointment is not None
    assert record.appointment.start == VIEWING.start


async def test_events_one_by_one_give_the_same_rows_as_all_at_once(engine: AsyncEngine, journal: Journal) -> None:
    async with projecting(engine, journal) as projector:
        for event in ready_buyer():
            journal.write("call", event)
            await projector.settled()
        slowly = await all_rows(engine)
        projector.take("call", ready_buyer())
        projector.take("call", ready_buyer()[:3])
        await projector.settled()
        assert await all_rows(engine) == slowly
    async with engine.begin() as connection:
        for table in reversed(tables.metadata.sorted_tables):
            await connection.execute(table.delete())
    async with projecting(engine, journal):
        assert await all_rows(engine) == slowly


async def test_a_restart_in_the_middle_loses_and_doubles_nothing(engine: AsyncEngine, journal: Journal) -> None:
    events = ready_buyer()
    async with projecting(engine, journal) as projector:
        write(journal, "call", events[:8])
        await projector.settled()
    write(journal, "call", events[8:])
    await journal.flush()
    async with projecting(engine, journal):
        rows = await all_rows(engine)
    assert len(rows["turns"]) == 3
    assert rows["positions"] == [("rows", "call", len(events), True)]
    assert journal.read("call") == events


async def test_two_calls_to_a_lead_keep_what_the_latest_knows(engine: AsyncEngine, journal: Journal) -> None:
    later = numbered(placed(name=None), began=BEGAN + timedelta(days=1))
    earlier = numbered(placed(name="Ann Lee"))
    async with projecting(engine, journal) as projector:
        write(journal, "later", later)
        await projector.settled()
        write(journal, "earlier", earlier)
        await projector.settled()
        (lead,) = (await all_rows(engine))["leads"]
    assert lead[1:3] == (PHONE, "Ann Lee")
    assert lead[-1] == later[0].at


@pytest.mark.parametrize(
    ("reached", "outcome"),
    [
        ([Answered()], "interrupted"),
        ([Answered(), VIEWING], "appointment_booked"),
        ([Answered(), VIEWING, VIEWING.model_copy(update={"action": "cancelled"})], "interrupted"),
        ([Answered(), VIEWING.model_copy(update={"action": "held"})], "interrupted"),
        ([Answered(), FollowUp(at=BEGAN, urgency="high")], "callback_scheduled"),
        ([Answered(), Transferred()], "human_requested"),
        ([Answered(), VIEWING, OptedOut(quote="stop")], "opted_out"),
    ],
)
async def test_a_call_cut_off_is_ended_at_the_next_start(
    engine: AsyncEngine, journal: Journal, reached: list[Answered], outcome: str
) -> None:
    write(journal, "call", numbered(placed(), *reached))
    await journal.flush()
    async with projecting(engine, journal):
        record = await CallRecords(engine).get("call")
    assert (record.status, record.outcome, record.reason) == ("ended", outcome, "process stopped")
    last = journal.read("call")[-1]
    assert last.data == Ended(outcome=outcome, reason="process stopped")
    assert last.seq == len(reached) + 2
    async with projecting(engine, journal):
        assert journal.read("call")[-1] == last


async def test_a_conversation_that_is_no_call_stays_open(engine: AsyncEngine, journal: Journal) -> None:
    write(journal, "chat", numbered(Answered()))
    await journal.flush()
    async with projecting(engine, journal):
        assert len(journal.read("chat")) == 1


async def test_what_a_cut_off_call_only_held_is_given_back(engine: AsyncEngine, journal: Journal) -> None:
    calendar = SqlCalendar(engine, ManualClock())
    slot = Slot(VIEWING.start, VIEWING.place)
    other = Slot(VIEWING.start, "7 Oak Lane")
    assert await calendar.book(slot, conversation_id="held")
    assert await calendar.book(other, conversation_id="booked")
    write(journal, "held", numbered(placed(), VIEWING.model_copy(update={"action": "held"})))
    write(journal, "booked", numbered(placed(), VIEWING.model_copy(update={"place": other.place})))
    await journal.flush()
    async with projecting(engine, journal):
        assert await calendar.book(slot, conversation_id="third")
        assert not await calendar.book(other, conversation_id="third")


async def test_an_opt_out_in_the_journal_suppresses_after_a_crash(engine: AsyncEngine, journal: Journal) -> None:
    write(journal, "call", numbered(placed(), OptedOut(quote="never again")))
    await journal.flush()
    async with projecting(engine, journal):
        suppressions = SqlSuppressions(engine)
        await suppressions.load()
        assert await suppressions.contains(PHONE)


async def test_a_damaged_file_stops_only_its_own_conversation(
    engine: AsyncEngine, journal: Journal, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(journal, "good", ready_buyer())
    await journal.flush()
    (tmp_path / "journal" / "bad.ndjson").write_text("nonsense\n")
    (tmp_path / "journal" / "empty.ndjson").write_text("")
    async with projecting(engine, journal):
        items, _ = await CallRecords(engine).list()
    assert [item.call_id for item in items] == ["good"]
    assert "bad.ndjson:1" in caplog.text


async def test_a_conversation_that_the_database_refuses_stops_only_itself(
    engine: AsyncEngine, journal: Journal, caplog: pytest.LogCaptureFixture
) -> None:
    naive = Appointment(action="booked", start=datetime(2026, 3, 4), zone="UTC", place="there")  # noqa: DTZ001
    write(journal, "bad", numbered(placed(), naive))
    write(journal, "good", ready_buyer())
    await journal.flush()
    async with projecting(engine, journal):
        items, _ = await CallRecords(engine).list()
    assert [item.call_id for item in items] == ["good"]
    assert "refuses bad" in caplog.text


async def test_rows_wait_for_a_database_that_is_away(journal: Journal, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'not yet' / 'leadline.db'}"
    engine = open_engine(url)
    projector = Projector(engine, journal, ManualClock(), retry_s=0.01)
    with pytest.raises(StorageFailed, match="database refused"):
        await projector.start()
    write(journal, "call", ready_buyer())
    await journal.flush()
    settled = asyncio.create_task(projector.settled())
    await asyncio.wait([settled], timeout=0.1)
    assert not settled.done()
    await migrate.upgrade(url)
    await settled
    assert (await CallRecords(engine).get("call")).status == "ended"
    await projector.close()
    await projector.close()
    await engine.dispose()


async def test_events_that_begin_in_the_middle_are_completed_from_the_journal(
    engine: AsyncEngine, journal: Journal, tmp_path: Path
) -> None:
    events = ready_buyer()
    async with projecting(engine, journal) as projector:
        JournalFiles(tmp_path / "journal").append("call", events)
        projector.take("call", events[8:])
        await projector.settled()
        assert len((await all_rows(engine))["turns"]) == 3


async def test_a_fault_is_raised_to_who_waits_and_not_swallowed(engine: AsyncEngine, journal: Journal) -> None:
    async with projecting(engine, journal) as projector:
        projector.take("call", [])
        with pytest.raises(IndexError):
            await projector.settled()
