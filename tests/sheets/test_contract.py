"""What every sheet does, the real one and the fake."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest
from openpyxl import load_workbook

from domain.ports import LeadSheet
from sheets.workbook import WorkbookSheet
from tests.fakes.sheet import MemorySheet
from tests.sheets.rows import AREA, BUDGET, lead_row

Shown = dict[str, dict[str, object]]


@dataclass
class Case:
    """A sheet, and what it shows: cells by heading, by name of the lead."""

    sheet: LeadSheet
    shown: Callable[[], Shown]


def in_memory(sheet: MemorySheet) -> Shown:
    return {
        row.name: {"Status": row.status, "Score": row.score}
        | {name.capitalize(): evidence.value for name, evidence in row.values.items()}
        for row in sheet.rows.values()
    }


def in_file(path: Path) -> Shown:
    headings, *rows = load_workbook(path)["Leads"].values
    found = [dict(zip(cast("tuple[str, ...]", headings), row, strict=True)) for row in rows]
    return {str(row["Name"]): row for row in found}


@pytest.fixture(params=["memory", "workbook"])
async def case(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Case]:
    if request.param == "memory":
        memory = MemorySheet()
        yield Case(memory, lambda: in_memory(memory))
        return
    workbook = WorkbookSheet(tmp_path / "leads.xlsx")
    yield Case(workbook, lambda: in_file(tmp_path / "leads.xlsx"))
    await workbook.close()


async def test_a_row_is_there_when_put_returns(case: Case) -> None:
    await case.sheet.put(lead_row())
    shown = case.shown()["Ann Lee 1"]
    assert (shown["Status"], shown["Score"], shown["Budget"], shown["Area"]) == ("Done", 72.5, "400000", "north")


async def test_a_lead_has_one_row_the_latest(case: Case) -> None:
    await case.sheet.put(lead_row(score=None, status="Talking"))
    await case.sheet.put(lead_row(2))
    await case.sheet.put(lead_row(score=80.0))
    assert {name: row["Score"] for name, row in case.shown().items()} == {"Ann Lee 1": 80.0, "Ann Lee 2": 72.5}


async def test_what_was_learnt_in_an_earlier_call_stays(case: Case) -> None:
    await case.sheet.put(lead_row(values={"budget": BUDGET}))
    await case.sheet.put(lead_row(values={"area": AREA}))
    shown = case.shown()["Ann Lee 1"]
    assert (shown["Budget"], shown["Area"]) == ("400000", "north")


async def test_many_at_once_are_all_there(case: Case) -> None:
    await asyncio.gather(*(case.sheet.put(lead_row(number)) for number in range(25)))
    assert len(case.shown()) == 25


async def test_of_two_puts_at_once_the_later_stands_and_no_value_is_lost(case: Case) -> None:
    await asyncio.gather(
        case.sheet.put(lead_row(2)),
        case.sheet.put(lead_row(score=10.0, values={"budget": BUDGET})),
        case.sheet.put(lead_row(score=20.0, values={"area": AREA})),
    )
    shown = case.shown()["Ann Lee 1"]
    assert (shown["Score"], shown["Budget"], shown["Area"]) == (20.0, "400000", "north")
