"""The workbook: legible, safe, and the manager's own."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from domain.errors import InvalidFile, StorageFailed
from domain.ports import Evidence
from sheets.workbook import WorkbookSheet
from sheets.writing import heading_of, write_rows
from tests.sheets.rows import AREA, BUDGET, lead_row


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "leads.xlsx"


def sheet_of(path: Path) -> Worksheet:
    return load_workbook(path)["Leads"]


def cell_of(path: Path, heading: str, row: int = 2) -> Cell:
    sheet = sheet_of(path)
    column = [cell.value for cell in sheet[1]].index(heading) + 1
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)
    return cell


def edit(path: Path, heading: str, value: object, row: int = 2) -> None:
    """Do as a person does: open, write a cell, save."""
    workbook = load_workbook(path)
    sheet = workbook["Leads"]
    headings = [cell.value for cell in sheet[1]]
    column = headings.index(heading) + 1 if heading in headings else len(headings) + 1
    sheet.cell(1, column).value = heading
    sheet.cell(row, column).value = value  # type: ignore[assignment]
    workbook.save(path)


def test_a_new_workbook_is_legible(path: Path) -> None:
    write_rows(path, [lead_row()])
    sheet = sheet_of(path)
    headings = [cell.value for cell in sheet[1]]
    fixed = ["Name", "Phone", "Status", "Outcome", "Score", "Appointment", "Next step", "Recording", "Updated"]
    assert headings == ["Lead id", *fixed, "Budget", "Area"]
    assert sheet.column_dimensions["A"].hidden
    assert not sheet.column_dimensions["B"].hidden
    assert sheet.freeze_panes == "A2"
    assert sheet["B1"].font.bold
    assert sheet.column_dimensions["G"].width == 44
    assert cell_of(path, "Updated").value == "2026-03-02 15:04 UTC"
    assert cell_of(path, "Recording").hyperlink.target == "http://127.0.0.1:8000/calls/1/recording"
    assert load_workbook(path)["_leadline"].sheet_state == "veryHidden"


def test_a_value_shows_where_it_comes_from(path: Path) -> None:
    write_rows(path, [lead_row()])
    comment = cell_of(path, "Budget").comment
    assert comment is not None
    assert comment.text == "“about four hundred thousand”\nConfidence 92%\nAt 0:34 in the recording"


def test_evidence_stays_legible_when_the_file_is_written_again(path: Path) -> None:
    write_rows(path, [lead_row(1)])
    write_rows(path, [lead_row(2)])
    with ZipFile(path) as archive:
        boxes = archive.read("xl/drawings/commentsDrawing1.vml").decode()
    assert boxes.count("width:320px") == 4


def test_a_doubtful_value_is_coloured_until_it_is_sure(path: Path) -> None:
    write_rows(path, [lead_row()])
    assert cell_of(path, "Area").fill.fgColor.rgb == "00FFE699"
    assert cell_of(path, "Budget").fill.fill_type is None
    sure = replace(AREA, confidence=0.95, quote="in the north")
    write_rows(path, [lead_row(values={"area": sure})])
    cell = cell_of(path, "Area")
    assert cell.fill.fill_type is None
    assert cell.comment is not None
    assert "in the north" in cell.comment.text


def test_the_same_row_again_leaves_the_file_alone(path: Path) -> None:
    row = lead_row(appointment="", score=None)
    write_rows(path, [row])
    before = (path.read_bytes(), path.stat().st_ino)
    assert write_rows(path, [row])
    assert (path.read_bytes(), path.stat().st_ino) == before


@pytest.mark.parametrize(
    "text", ["=1+1", "+12025550143", "-5", "@SUM(A1)", " =HYPERLINK(1)", "\t=1", "=cmd|' /C calc'!A0"]
)
def test_nothing_a_lead_says_becomes_a_formula(path: Path, text: str) -> None:
    row = lead_row(name=text, values={"area": Evidence(text, text, 0.9, 0)})
    write_rows(path, [row])
    for heading in ("Name", "Area"):
        cell = cell_of(path, heading)
        assert (cell.data_type, cell.quotePrefix) == ("s", True)
        assert cell.value == text
    before = path.read_bytes()
    write_rows(path, [row])
    assert path.read_bytes() == before


@pytest.mark.parametrize("text", ["a\x00b\x07", "two\r\nlines", "x" * 40_000, "שלום, ñandú", "<b>&amp;</b>"])
def test_any_text_can_be_written_and_is_stable(path: Path, text: str) -> None:
    row = lead_row(name=text, next_step=text, values={"area": Evidence(text, text, 0.9, 0)})
    write_rows(path, [row])
    before = path.read_bytes()
    write_rows(path, [row])
    assert path.read_bytes() == before


def test_the_managers_own_columns_and_rows_stay(path: Path) -> None:
    write_rows(path, [lead_row()])
    edit(path, "My notes", "met her in May")
    edit(path, "Total", "=SUM(F2:F9)")
    edit(path, "My notes", "a note below", row=5)
    write_rows(path, [lead_row(score=80.0, values={"bedrooms": BUDGET}), lead_row(2)])
    assert cell_of(path, "My notes").value == "met her in May"
    assert cell_of(path, "My notes", row=5).value == "a note below"
    assert cell_of(path, "Total").value == "=SUM(F2:F9)"
    assert cell_of(path, "Score").value == 80
    assert cell_of(path, "Name", row=6).value == "Ann Lee 2"


@pytest.mark.parametrize(
    ("heading", "mine"), [("Status", "pause"), ("Name", "Dr Lee"), ("Budget", "410000"), ("Score", 5)]
)
def test_what_the_manager_wrote_over_ours_stays(path: Path, heading: str, mine: object) -> None:
    write_rows(path, [lead_row(status="Talking")])
    edit(path, heading, mine)
    changed = replace(BUDGET, value="500000")
    for _ in range(2):
        write_rows(path, [lead_row(status="Done", name="Ann", score=90.0, values={"budget": changed})])
        assert cell_of(path, heading).value == mine
    other = "Score" if heading != "Score" else "Name"
    assert cell_of(path, other).value == ("Ann" if heading == "Score" else 90)


def test_a_cell_that_the_manager_cleared_stays_empty(path: Path) -> None:
    write_rows(path, [lead_row()])
    edit(path, "Next step", None)
    write_rows(path, [lead_row(next_step="Try again")])
    assert cell_of(path, "Next step").value is None


def test_rows_are_known_by_their_id_wherever_they_are_moved(path: Path) -> None:
    write_rows(path, [lead_row(1), lead_row(2)])
    workbook = load_workbook(path)
    workbook["Leads"].move_range("A2:L2", rows=5)
    workbook.save(path)
    write_rows(path, [lead_row(1, score=1.0), lead_row(3)])
    assert [cell_of(path, "Name", row).value for row in (3, 7, 8)] == ["Ann Lee 2", "Ann Lee 1", "Ann Lee 3"]
    assert cell_of(path, "Score", 7).value == 1


def test_columns_are_known_by_their_heading_wherever_they_are(path: Path) -> None:
    write_rows(path, [lead_row()])
    workbook = load_workbook(path)
    workbook["Leads"].insert_cols(2)
    workbook["Leads"]["B1"] = "Mine"
    workbook.save(path)
    write_rows(path, [lead_row(score=3.0)])
    assert sheet_of(path)["G2"].value == 3
    assert sheet_of(path)["B2"].value is None


def test_a_list_of_contacts_is_taken_over_and_copied_first(path: Path) -> None:
    workbook = Workbook()
    contacts = workbook.active
    assert contacts is not None
    contacts.title = "Leads"
    contacts.append(["phone", "Name", "City"])
    contacts.append(["(202) 555-0101", "Mrs Lee", "Austin"])
    contacts.append(["no number", "Bob", "Dallas"])
    workbook.save(path)
    original = path.read_bytes()
    write_rows(path, [lead_row(1), lead_row(2)])
    sheet = sheet_of(path)
    assert [cell.value for cell in sheet[1]][:5] == ["phone", "Name", "City", "Lead id", "Status"]
    assert sheet.column_dimensions["D"].hidden
    assert (cell_of(path, "Name").value, cell_of(path, "phone").value) == ("Mrs Lee", "(202) 555-0101")
    assert cell_of(path, "Status").value == "Done"
    assert [cell_of(path, "Name", row).value for row in (3, 4)] == ["Bob", "Ann Lee 2"]
    assert path.with_name("leads.before-leadline.xlsx").read_bytes() == original


def test_other_sheets_of_the_workbook_stay(path: Path) -> None:
    workbook = Workbook()
    workbook.active.title = "Plan"  # type: ignore[union-attr]
    workbook["Plan"]["A1"] = "=1+1"
    workbook.save(path)
    write_rows(path, [lead_row()])
    assert load_workbook(path)["Plan"]["A1"].value == "=1+1"
    assert cell_of(path, "Name").value == "Ann Lee 1"


def test_a_cell_merged_by_the_manager_is_no_obstacle(path: Path) -> None:
    write_rows(path, [lead_row()])
    workbook = load_workbook(path)
    workbook["Leads"].merge_cells("G2:H2")
    workbook.save(path)
    write_rows(path, [lead_row(next_step="Try again", score=4.0)])
    assert cell_of(path, "Score").value == 4


@pytest.mark.parametrize("content", [b"", b"nonsense", b"PK\x03\x04 half a zip"])
def test_a_damaged_workbook_is_refused_and_left_as_it_is(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(InvalidFile, match="no readable workbook"):
        write_rows(path, [lead_row()])
    assert path.read_bytes() == content


def test_a_folder_in_the_way_is_said_and_nothing_is_left_behind(path: Path) -> None:
    path.mkdir()
    with pytest.raises(StorageFailed, match="could not be written"):
        write_rows(path, [lead_row()])
    assert list(path.parent.iterdir()) == [path]


async def test_a_refused_row_is_written_by_the_next_put(path: Path) -> None:
    sheet = WorkbookSheet(path / "deeper" / "leads.xlsx")
    await asyncio.to_thread(path.touch)
    with pytest.raises(StorageFailed, match="could not be written"):
        await sheet.put(lead_row(1))
    await asyncio.to_thread(path.unlink)
    await sheet.put(lead_row(2))
    assert sheet_of(path / "deeper" / "leads.xlsx").max_row == 3
    await sheet.close()


@pytest.mark.parametrize("mark", ["~$leads.xlsx", ".~lock.leads.xlsx#"])
async def test_writing_waits_while_a_spreadsheet_program_has_the_file(
    path: Path, mark: str, caplog: pytest.LogCaptureFixture
) -> None:
    sheet = WorkbookSheet(path, poll_s=0.01)
    path.with_name(mark).touch()
    puts = [asyncio.ensure_future(sheet.put(lead_row(number))) for number in (1, 2)]
    _, waiting = await asyncio.wait(puts, timeout=0.1)
    assert len(waiting) == 2
    path.with_name(mark).unlink()
    await asyncio.gather(*puts)
    assert cell_of(path, "Name", row=3).value == "Ann Lee 2"
    assert caplog.text.count("open in a spreadsheet program") == 1
    await sheet.close()


async def test_a_put_given_up_while_waiting_is_written_by_the_next(path: Path) -> None:
    sheet = WorkbookSheet(path, poll_s=0.01)
    mark = path.with_name("~$leads.xlsx")
    mark.touch()
    first = asyncio.ensure_future(sheet.put(lead_row(1)))
    await asyncio.wait([first], timeout=0.05)
    first.cancel()
    mark.unlink()
    await sheet.put(lead_row(2))
    assert sheet_of(path).max_row == 3
    await sheet.close()


def test_only_whole_files_are_ever_seen(path: Path) -> None:
    write_rows(path, [lead_row()])
    path.chmod(0o600)
    inode = path.stat().st_ino
    write_rows(path, [lead_row(2)])
    assert path.stat().st_ino != inode
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["leads.xlsx"]


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("visit_date", "Visit date"),
        ("area", "Area"),
        ("name", "Name (said)"),
        ("lead_id", "Lead id (said)"),
        ("", "Value"),
    ],
)
def test_a_value_never_shares_a_column_of_ours(name: str, heading: str) -> None:
    assert heading_of(name) == heading
