"""Rows into a workbook file, all or nothing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from datetime import UTC
from io import BytesIO
from pathlib import Path
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from domain.errors import InvalidFile, StorageFailed
from domain.ports import LeadRow
from sheets.cells import clean, describe, set_evidence, set_text
from sheets.layout import COLUMNS, LEAD_ID, SHEET, WRITTEN, Layout

_UNREADABLE = (
    BadZipFile,
    InvalidFileException,
    ParseError,
    KeyError,
    IndexError,
    ValueError,
    TypeError,
    AttributeError,
    EOFError,
)
"""What openpyxl raises on a file that is damaged or holds what it doesn't know."""


def write_rows(path: Path, rows: Sequence[LeadRow]) -> bool:
    """Write `rows` into the workbook at `path`; False when the file changed meanwhile and nothing was written.

    A workbook that Leadline finds is copied aside before it is first written to. Blocking.

    Raises:
        InvalidFile: the file is no workbook; it is left as it is.
        StorageFailed: the disk refused; the file is left as it is.
    """
    try:
        before = _state(path)
        workbook = _open(path) if before else _new()
        is_foreign = before is not None and WRITTEN not in workbook.sheetnames
        layout = Layout(workbook)
        for row in rows:
            _put(layout, row)
        if not layout.changed:
            return True
        content = _saved(path, workbook, layout)
        if _state(path) != before:
            return False
        if is_foreign:
            shutil.copy2(path, path.with_name(f"{path.stem}.before-leadline{path.suffix}"))
        _replace(path, content)
    except OSError as error:
        raise StorageFailed(f"{path} could not be written: {error}") from error
    return True


def _state(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _open(path: Path) -> Workbook:
    try:
        return load_workbook(path, keep_vba=path.suffix.lower() == ".xlsm")
    except _UNREADABLE as error:
        raise InvalidFile(path, f"is no readable workbook and is left as it is ({error})") from error


def _saved(path: Path, workbook: Workbook, layout: Layout) -> bytes:
    layout.size_comments()
    content = BytesIO()
    try:
        workbook.save(content)
    except _UNREADABLE as error:
        raise InvalidFile(path, f"holds what can't be written back and is left as it is ({error})") from error
    return content.getvalue()


def _new() -> Workbook:
    workbook = Workbook()
    if workbook.active is not None:
        workbook.active.title = SHEET
    return workbook


def _replace(path: Path, content: bytes) -> None:
    """Put `content` at `path` in one step, on the disk when it returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _put(layout: Layout, row: LeadRow) -> None:
    """Write the row's cells, except those that a person has edited."""
    number = layout.row(row.lead_id, row.phone)
    last = layout.last_written(row.lead_id)
    now = dict(last)
    for heading, value in _plain(row).items():
        cell = layout.cell(number, layout.column(heading))
        if cell.value != last.get(heading) or cell.value == value:
            continue
        if isinstance(value, float):
            cell.value = value
        else:
            set_text(cell, value or "")
        if heading == "Recording":
            cell.hyperlink = row.recording or None
            cell.style = "Hyperlink"
        now[heading] = value
        layout.changed = True
    for name, evidence in row.values.items():
        heading = heading_of(name)
        cell = layout.cell(number, layout.column(heading))
        value = clean(evidence.value) or None
        comment = cell.comment.text if cell.comment else None
        if cell.value != last.get(heading) or (cell.value == value and comment == describe(evidence)):
            continue
        set_evidence(cell, evidence)
        now[heading] = value
        layout.changed = True
    if now != last:
        layout.remember(row.lead_id, now)


def _plain(row: LeadRow) -> dict[str, str | float | None]:
    """Return the fixed columns' cells by heading."""
    updated = f"{row.updated_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    ahead = [clean(text) or None for text in (row.name, row.phone, row.status, row.outcome)]
    score = None if row.score is None else float(row.score)
    behind = [clean(text) or None for text in (row.appointment, row.next_step, row.recording, updated)]
    return dict(zip(COLUMNS, (*ahead, score, *behind), strict=True))


def heading_of(name: str) -> str:
    """Return the heading of a qualified value's column, never one of the fixed ones."""
    heading = name.replace("_", " ").strip().capitalize() or "Value"
    fixed = {column.casefold() for column in (LEAD_ID, *COLUMNS)}
    return f"{heading} (said)" if heading.casefold() in fixed else heading
