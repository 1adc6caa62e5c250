"""Where things are in the workbook: our columns by their heading, our rows by the hidden lead id."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import cast

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from domain.errors import InvalidPhone
from domain.phone import parse_phone
from sheets.cells import size_comment

SHEET = "Leads"
LEAD_ID = "Lead id"
COLUMNS = ("Name", "Phone", "Status", "Outcome", "Score", "Appointment", "Next step", "Recording", "Updated")
_WIDTHS = {"Name": 22, "Phone": 16, "Status": 16, "Score": 8, "Appointment": 44, "Next step": 30, "Updated": 22}
_WIDTH = 18
WRITTEN = "_leadline"
"""The hidden sheet that remembers what we wrote."""


class Layout:
    """Our columns and rows in an open workbook; makes what is missing and moves nothing that is there."""

    def __init__(self, workbook: Workbook) -> None:
        """Find or make the sheet of leads with its headings."""
        self.changed = False
        if SHEET in workbook.sheetnames:
            self.sheet: Worksheet = workbook[SHEET]
        else:
            self.sheet = workbook.create_sheet(SHEET, 0)
            workbook.active = 0
        self._columns = {str(cell.value).strip().casefold(): cell.column for cell in self._row(1) if cell.value}
        if LEAD_ID.casefold() not in self._columns:
            for heading in (LEAD_ID, *COLUMNS):
                self.column(heading)
            self.sheet.column_dimensions[get_column_letter(self.column(LEAD_ID))].hidden = True
            self.sheet.freeze_panes = self.sheet.freeze_panes or "A2"
        id_column = self.column(LEAD_ID)
        self._rows = {str(cell.value): number for number, cell in self._column(id_column) if cell.value}
        self._written = _Written(workbook)

    def column(self, heading: str) -> int:
        """Return the number of the column with `heading`, made at the right end where there is none."""
        known = self._columns.get(heading.casefold())
        if known is not None:
            return known
        is_empty = self.sheet.max_row == 1 and self.sheet.max_column == 1 and self.sheet["A1"].value is None
        number = 1 if is_empty else self.sheet.max_column + 1
        cell = self.cell(1, number)
        cell.value = heading
        cell.font = Font(bold=True)
        cell.alignment = Alignment(vertical="top")
        self.sheet.column_dimensions[get_column_letter(number)].width = _WIDTHS.get(heading, _WIDTH)
        self._columns[heading.casefold()] = number
        self.changed = True
        return number

    def row(self, lead_id: str, phone: str) -> int:
        """Return the lead's row: by id, else a row with that phone and no id yet, else a new one."""
        known = self._rows.get(lead_id)
        if known is not None:
            return known
        number = self._row_by_phone(phone) or self._first_free_row()
        self.cell(number, self.column(LEAD_ID)).value = lead_id
        self._rows[lead_id] = number
        self.changed = True
        return number

    def cell(self, row: int, column: int) -> Cell:
        """Return a cell; for one inside a merged area, the one that shows."""
        cell = self.sheet.cell(row, column)
        if isinstance(cell, Cell):
            return cell
        area = next(area for area in self.sheet.merged_cells.ranges if cell.coordinate in area)
        return cast("Cell", self.sheet.cell(area.min_row, area.min_col))

    def size_comments(self) -> None:
        """Make the boxes of all our comments legible; called before the workbook is saved."""
        for row in self.sheet.iter_rows(min_row=2):
            for cell in row:
                size_comment(cell)

    def last_written(self, lead_id: str) -> dict[str, str | float | None]:
        """Return what we last wrote into the lead's row, by heading; a cell that differs was edited by a person."""
        return self._written.get(lead_id)

    def remember(self, lead_id: str, values: dict[str, str | float | None]) -> None:
        """Keep what is written now for the next time."""
        self._written.put(lead_id, values)

    def _row(self, number: int) -> Iterator[Cell]:
        for column in range(1, self.sheet.max_column + 1):
            yield self.cell(number, column)

    def _column(self, number: int) -> Iterator[tuple[int, Cell]]:
        for row in range(2, self.sheet.max_row + 1):
            yield row, self.cell(row, number)

    def _row_by_phone(self, phone: str) -> int | None:
        taken = set(self._rows.values())
        for number, cell in self._column(self.column("Phone")):
            if number not in taken and cell.value is not None and _same_phone(str(cell.value), phone):
                return number
        return None

    def _first_free_row(self) -> int:
        number = self.sheet.max_row
        while number > 1 and all(cell.value is None for cell in self._row(number)):
            number -= 1
        return number + 1


class _Written:
    """A hidden sheet of lead id and JSON."""

    def __init__(self, workbook: Workbook) -> None:
        if WRITTEN in workbook.sheetnames:
            self._sheet: Worksheet = workbook[WRITTEN]
        else:
            self._sheet = workbook.create_sheet(WRITTEN)
            self._sheet.sheet_state = "veryHidden"
        self._rows: dict[str, int] = {}
        for number, (lead_id,) in enumerate(self._sheet.iter_rows(max_col=1, values_only=True), start=1):
            if lead_id:
                self._rows[str(lead_id)] = number

    def get(self, lead_id: str) -> dict[str, str | float | None]:
        number = self._rows.get(lead_id)
        if number is None:
            return {}
        try:
            values = json.loads(str(self._sheet.cell(number, 2).value))
        except ValueError:
            return {}
        return values if isinstance(values, dict) else {}

    def put(self, lead_id: str, values: dict[str, str | float | None]) -> None:
        number = self._rows.setdefault(lead_id, len(self._rows) + 1)
        self._sheet.cell(number, 1).value = lead_id
        self._sheet.cell(number, 2).value = json.dumps(values, ensure_ascii=False)


def _same_phone(text: str, phone: str) -> bool:
    try:
        return parse_phone(text) == phone
    except InvalidPhone:
        return False
