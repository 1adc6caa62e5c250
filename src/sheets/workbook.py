"""The manager's sheet as a local workbook."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from domain.ports import LeadRow
from sheets.writing import write_rows

_logger = logging.getLogger(__name__)


class WorkbookSheet:
    """Implements `domain.ports.LeadSheet` on an `.xlsx` file, off the event loop.

    Rows put while a write runs are written together by the next. While a spreadsheet program has the file open,
    writing waits. What a person wrote, in columns of their own or over ours, stays.
    """

    def __init__(self, path: Path, *, poll_s: float = 1.0, executor: Executor | None = None) -> None:
        """Write to `path`; look every `poll_s` seconds whether a file that is open elsewhere is free again."""
        self._path = path
        self._poll_s = poll_s
        self._executor = executor or ThreadPoolExecutor(max_workers=1, thread_name_prefix="workbook")
        self._waiting: dict[str, LeadRow] = {}
        self._turn = asyncio.Lock()

    async def put(self, row: LeadRow) -> None:
        """Write or replace the row of `row.lead_id`, on the disk on return; values it doesn't have stay.

        Raises:
            InvalidFile: the file is no workbook; it is left as it is.
            StorageFailed: the disk refused.
        """
        earlier = self._waiting.get(row.lead_id)
        self._waiting[row.lead_id] = row if earlier is None else merge(earlier, row)
        async with self._turn:
            if self._waiting:
                await self._write(self._waiting)

    async def close(self) -> None:
        """Wait for the write that runs, and stop."""
        async with self._turn:
            self._executor.shutdown()

    async def _write(self, rows: dict[str, LeadRow]) -> None:
        self._waiting = {}
        is_written = False
        try:
            while not is_written:
                await self._until_free()
                is_written = await self._run(list(rows.values()))
        finally:
            if not is_written:
                kept = {key: merge(rows[key], row) if key in rows else row for key, row in self._waiting.items()}
                self._waiting = rows | kept

    async def _run(self, rows: Sequence[LeadRow]) -> bool:
        return await asyncio.get_running_loop().run_in_executor(self._executor, write_rows, self._path, rows)

    async def _until_free(self) -> None:
        """Wait while Excel or LibreOffice has the file open."""
        marks = (self._path.with_name(f"~${self._path.name}"), self._path.with_name(f".~lock.{self._path.name}#"))
        has_told = False
        while any(mark.exists() for mark in marks):
            if not has_told:
                _logger.warning("%s is open in a spreadsheet program; rows wait until it is closed", self._path)
                has_told = True
            await asyncio.sleep(self._poll_s)


def merge(earlier: LeadRow, later: LeadRow) -> LeadRow:
    """Return `later` with the values that only `earlier` has."""
    return replace(later, values=earlier.values | later.values)
