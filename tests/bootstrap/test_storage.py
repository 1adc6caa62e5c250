"""Everything that remembers, opened over one data folder: also after a process that died."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from bootstrap.storage import storage
from db.journal import Journal
from domain.errors import DirectoryInUse
from domain.events import Ended
from tests.bootstrap.test_application import settings
from tests.fakes.call_events import BEGAN, PHONE, ready_buyer
from tests.fakes.clock import ManualClock


def rows(folder: Path) -> list[list[str]]:
    sheet = load_workbook(folder / "data" / "leads.xlsx").worksheets[0]
    return [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]


async def test_a_calls_events_reach_rows_sheet_and_the_next_process(tmp_path: Path) -> None:
    clock = ManualClock(BEGAN)
    async with storage(settings(tmp_path), clock) as parts:
        for event in ready_buyer():
            parts.journal.write("c1", event)
        await parts.journal.flush()
        assert parts.recording("c1") == tmp_path / "data" / "recordings" / "c1.wav"
    assert sum(PHONE in row for row in rows(tmp_path)) == 1
    async with storage(settings(tmp_path), clock) as parts:
        call = await parts.records.get("c1")
        assert call.outcome == "appointment_booked"
    assert sum(PHONE in row for row in rows(tmp_path)) == 1


async def test_a_call_that_its_process_did_not_end_is_ended_by_the_next(tmp_path: Path) -> None:
    cut = ready_buyer()[:3]
    async with Journal(tmp_path / "data" / "journal") as journal:
        for event in cut:
            journal.write("c2", event)
        await journal.flush()
    async with storage(settings(tmp_path), ManualClock(BEGAN)) as parts:
        events = parts.journal.read("c2")
        assert events[: len(cut)] == cut
        assert isinstance(events[-1].data, Ended)
        assert events[-1].data.outcome == "interrupted"
        assert events[-1].seq == len(cut) + 1
    assert sum(PHONE in row for row in rows(tmp_path)) == 1


async def test_one_process_a_data_folder(tmp_path: Path) -> None:
    async with storage(settings(tmp_path), ManualClock()):
        with pytest.raises(DirectoryInUse):
            async with storage(settings(tmp_path), ManualClock()):
                pass
    async with storage(settings(tmp_path), ManualClock()) as parts:
        assert parts.journal.failure is None
