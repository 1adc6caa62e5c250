"""The sheet follows the events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook

from db.journal import Journal
from domain.errors import InvalidFile, StorageFailed
from domain.events import AgentHeard, Event
from domain.lead import lead_id_of
from sheets.projection import Conversations, SheetProjection
from sheets.workbook import WorkbookSheet
from tests.fakes.call_events import PHONE, numbered, placed, ready_buyer
from tests.fakes.sheet import MemorySheet


class Kept:
    """Conversations and positions in memory."""

    def __init__(self, **conversations: list[Event]) -> None:
        self.conversations = conversations
        self.positions: dict[str, tuple[int, bool]] = {}

    def read(self, conversation_id: str) -> list[Event]:
        if conversation_id not in self.conversations:
            raise InvalidFile(Path(f"{conversation_id}.ndjson"), "is no JSON", line=1)
        return self.conversations[conversation_id]

    async def save(self, conversation_id: str, *, seq: int, ended: bool) -> None:
        self.positions[conversation_id] = (seq, ended)


@asynccontextmanager
async def following(sheet: MemorySheet, kept: Kept, *backlog: str) -> AsyncIterator[SheetProjection]:
    conversations = Conversations(read=kept.read, recording=lambda name: f"{name}.wav")
    projection = SheetProjection(sheet, conversations, kept, pause_s=0, retry_s=0.01)
    await projection.start(backlog)
    try:
        yield projection
    finally:
        await projection.close()
        await projection.close()


async def test_a_call_shows_in_the_sheet() -> None:
    sheet, kept = MemorySheet(), Kept(call=ready_buyer())
    async with following(sheet, kept) as projection:
        projection.take("call", ready_buyer())
        await projection.settled()
    shown = sheet.rows[lead_id_of(PHONE)]
    assert (shown.outcome, shown.recording) == ("Appointment booked", "call.wav")
    assert kept.positions == {"call": (len(ready_buyer()), True)}


async def test_only_news_for_the_manager_is_put() -> None:
    sheet, kept = MemorySheet(), Kept(call=ready_buyer())
    async with following(sheet, kept) as projection:
        projection.take("call", numbered(AgentHeard(text="Hello.", end_ms=1, interrupted=False), first=6))
        await projection.settled()
        assert sheet.puts == 0
        for event in ready_buyer():
            projection.take("call", [event])
        await projection.settled()
    assert sheet.puts == 1


async def test_what_a_crash_left_out_is_put_at_the_start() -> None:
    sheet, kept = MemorySheet(), Kept(call=ready_buyer())
    async with following(sheet, kept, "call") as projection:
        await projection.settled()
    assert lead_id_of(PHONE) in sheet.rows


async def test_a_sheet_that_fails_is_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    sheet, kept = MemorySheet(), Kept(call=ready_buyer(), other=numbered(placed("+12025550199")))
    sheet.failures = [StorageFailed("the disk is full"), StorageFailed("the disk is full")]
    async with following(sheet, kept) as projection:
        projection.take("call", ready_buyer())
        projection.take("other", numbered(placed("+12025550199")))
        await asyncio.wait_for(projection.settled(), 5)
    assert len(sheet.rows) == 2
    assert "the disk is full" in caplog.text


async def test_a_later_call_to_the_same_lead_stands() -> None:
    earlier = ready_buyer()
    later = numbered(placed(name="Ann Smith"), began=earlier[-1].at + timedelta(minutes=1))
    sheet, kept = MemorySheet(), Kept(later=later, earlier=earlier)
    async with following(sheet, kept, "later", "earlier") as projection:
        await projection.settled()
    shown = sheet.rows[lead_id_of(PHONE)]
    assert (shown.name, list(shown.values)) == ("Ann Smith", ["bedrooms"])


async def test_a_conversation_that_cannot_be_read_stops_no_other() -> None:
    sheet, kept = MemorySheet(), Kept(call=ready_buyer())
    async with following(sheet, kept, "damaged", "call") as projection:
        await projection.settled()
    assert list(kept.positions) == ["call"]


async def test_from_the_journal_to_the_workbook(tmp_path: Path) -> None:
    workbook = WorkbookSheet(tmp_path / "leads.xlsx")
    async with Journal(tmp_path / "journal") as journal:
        conversations = Conversations(read=journal.read, recording=lambda name: f"{name}.wav")
        projection = SheetProjection(workbook, conversations, Kept(), pause_s=0)
        journal.subscribe(projection.take)
        await projection.start()
        for event in ready_buyer():
            journal.write("call", event)
        await journal.flush()
        await projection.settled()
        await projection.close()
    await workbook.close()
    sheet = load_workbook(tmp_path / "leads.xlsx")["Leads"]
    assert [sheet["B2"].value, sheet["D2"].value, sheet["E2"].value] == ["Ann Lee", "Done", "Appointment booked"]


async def test_a_fault_is_raised_to_who_waits_and_not_swallowed() -> None:
    def broken(_: str) -> list[Event]:
        raise ZeroDivisionError

    projection = SheetProjection(MemorySheet(), Conversations(broken, str), Kept(), pause_s=0)
    await projection.start(["call"])
    with pytest.raises(ZeroDivisionError):
        await projection.settled()
    await projection.close()
