"""Everything that remembers: journal, rows, suppressions, calendar and sheet."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from db import migrate
from db.engine import open_engine
from db.journal import Journal
from db.projection import Projector
from db.repositories import CallIndex, CallRecords, SqlCalendar, SqlPositions, SqlSuppressions
from domain.clock import Clock
from settings.load import Settings
from sheets.projection import Conversations, SheetProjection
from sheets.workbook import WorkbookSheet

_SETTLE_LIMIT_S = 10.0


@dataclass(frozen=True, slots=True)
class Storage:
    """What the rest of the process remembers with."""

    journal: Journal
    projector: Projector
    records: CallRecords
    index: CallIndex
    suppressions: SqlSuppressions
    calendar: SqlCalendar
    recordings: Path

    def recording(self, call_id: str) -> Path:
        """Return where the call's recording is kept."""
        return self.recordings / f"{call_id}.wav"


@asynccontextmanager
async def storage(settings: Settings, clock: Clock) -> AsyncIterator[Storage]:
    """Open the data folder: migrate, replay what a crash left behind, and project from then on.

    Raises:
        DirectoryInUse: another process writes this data folder.
        StorageFailed: the disk or the database refuses.
    """
    folder = settings.environment.data_dir
    await migrate.upgrade(settings.database_url)
    async with AsyncExitStack() as stack:
        engine = open_engine(settings.database_url)
        stack.push_async_callback(engine.dispose)
        sheet = WorkbookSheet(folder / "leads.xlsx")
        stack.push_async_callback(_within_limit, sheet.close)
        journal = Journal(folder / "journal")
        parts = Storage(
            journal=journal,
            projector=Projector(engine, journal, clock),
            records=CallRecords(engine),
            index=CallIndex(engine, clock),
            suppressions=SqlSuppressions(engine),
            calendar=SqlCalendar(engine, clock),
            recordings=folder / "recordings",
        )
        positions = SqlPositions(engine, "sheet")
        conversations = Conversations(read=journal.read, recording=lambda call_id: str(parts.recording(call_id)))
        rows = SheetProjection(sheet, conversations, positions)
        await journal.start()
        stack.push_async_callback(journal.close)
        backlog = await asyncio.to_thread(journal.unprojected, await positions.load())
        journal.subscribe(rows.take)
        await rows.start(backlog)
        stack.push_async_callback(rows.close)
        # A workbook that is open elsewhere waits; its rows are put after the next start.
        stack.push_async_callback(_within_limit, rows.settled)
        await parts.projector.start()
        stack.push_async_callback(parts.projector.close)
        await parts.suppressions.load()
        yield parts
        await parts.projector.settled()


async def _within_limit(work: Callable[[], Awaitable[None]]) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_SETTLE_LIMIT_S):
            await work()
