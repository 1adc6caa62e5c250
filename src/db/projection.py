"""The rows, written behind from the journal's durable events."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Sequence

from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError, TimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db import tables
from db.calendar import release_within
from db.engine import transaction
from db.journal import Journal, Position
from db.positions import SqlPositions
from db.recovery import closing, is_booked, is_cut_off
from db.rows import CallFold
from db.upsert import upsert
from domain.clock import Clock
from domain.errors import InvalidFile
from domain.events import Event

_logger = logging.getLogger(__name__)
_AWAY = (OperationalError, InterfaceError, TimeoutError, OSError)
"""What the database raises while it is away or busy: worth another try."""
_Batch = dict[str, list[Event]]


class Projector:
    """Turns the journal into rows in the background. Rows and position move in one transaction."""

    def __init__(
        self, engine: AsyncEngine, journal: Journal, clock: Clock, *, batch_size: int = 1000, retry_s: float = 1.0
    ) -> None:
        """Project `journal` into the tables behind `engine`; nothing runs before `start`."""
        self._engine = engine
        self._journal = journal
        self._clock = clock
        self._batch_size = batch_size
        self._retry_s = retry_s
        self._positions = SqlPositions(engine, "rows")
        self._folds: dict[str, CallFold] = {}
        self._pending: deque[tuple[str, Sequence[Event]]] = deque()
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Replay what the journal holds beyond the rows, end the calls that were cut off, and follow the journal.

        The journal has started, and no conversation runs yet.

        Raises:
            StorageFailed: the journal can't be written, or the database is away.
        """
        self._journal.subscribe(self.take)
        self._task = asyncio.create_task(self._run(), name="projector")
        known = await self._positions.load()
        for conversation_id in await asyncio.to_thread(self._journal.unprojected, known):
            await self._recover(conversation_id)
        await self.settled()

    def take(self, conversation_id: str, events: Sequence[Event]) -> None:
        """Queue durable events of a conversation, in order; returns at once."""
        self._pending.append((conversation_id, events))
        self._idle.clear()
        self._wake.set()

    async def settled(self) -> None:
        """Return once every event written to the journal so far is in the rows.

        Raises:
            StorageFailed: the journal can't be written.
        """
        await self._journal.flush()
        await self._idle.wait()
        if self._task is not None and self._task.done():
            self._task.result()

    async def close(self) -> None:
        """Stop following; what isn't projected yet is replayed at the next start. Idempotent."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    async def _recover(self, conversation_id: str) -> None:
        events = await self._read(conversation_id)
        if not events:
            return
        self.take(conversation_id, events)
        if is_cut_off(events):
            if not is_booked(events):
                async with transaction(self._engine) as connection:
                    await release_within(connection, conversation_id, at=self._clock.now())
            self._journal.write(conversation_id, closing(events, at=self._clock.now()))

    async def _read(self, conversation_id: str) -> list[Event]:
        """Return what the journal holds; nothing, with a warning, where its file is damaged."""
        try:
            return await asyncio.to_thread(self._journal.read, conversation_id)
        except InvalidFile as error:
            _logger.warning("the journal can't be replayed: %s", error)
            return []

    async def _run(self) -> None:
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                while self._pending:
                    await self._write(self._next_batch())
                self._idle.set()
        finally:
            self._idle.set()  # nobody waits for a projection that is over

    def _next_batch(self) -> _Batch:
        batch: _Batch = {}
        size = 0
        while self._pending and size < self._batch_size:
            conversation_id, events = self._pending.popleft()
            batch.setdefault(conversation_id, []).extend(events)
            size += len(events)
        return batch

    async def _write(self, batch: _Batch) -> None:
        """Write `batch`, as often as it takes; a conversation that can't be written is left out by itself."""
        while True:
            try:
                await self._project(batch)
            except _AWAY as error:
                _logger.warning("the database took no rows, trying again in %g s: %s", self._retry_s, error)
                await asyncio.sleep(self._retry_s)
            except SQLAlchemyError as error:
                if len(batch) == 1:
                    _logger.warning("the database refuses %s: %s", next(iter(batch)), error)
                    return
                for conversation_id, events in batch.items():
                    await self._write({conversation_id: events})
                return
            else:
                return

    async def _project(self, batch: _Batch) -> None:
        folds: list[CallFold] = []
        async with self._engine.begin() as connection:
            for conversation_id, events in batch.items():
                fold = await self._fold(connection, conversation_id, events)
                if fold is not None:
                    folds.append(fold)
            await _write_rows(connection, folds)
            moved = {fold.call_id: Position(fold.seq, fold.ended) for fold in folds}
            await self._positions.save_within(connection, moved)
        for fold in folds:
            fold.saved()
            if fold.ended:
                self._folds.pop(fold.call_id, None)

    async def _fold(
        self, connection: AsyncConnection, conversation_id: str, events: Sequence[Event]
    ) -> CallFold | None:
        """Return the conversation's fold with `events` applied; None where the rows already have them."""
        fold = self._folds.get(conversation_id)
        if fold is None:
            done = await self._positions.seq_within(connection, conversation_id)
            if done >= events[-1].seq:
                return None
            fold = self._folds[conversation_id] = CallFold(conversation_id)
            if events[0].seq > 1:
                for event in await self._read(conversation_id):
                    if event.seq < events[0].seq:
                        fold.apply(event)
        for event in events:
            fold.apply(event)
        return fold


async def _write_rows(connection: AsyncConnection, folds: Sequence[CallFold]) -> None:
    """Write the changed rows of all folds table by table, in the order that foreign keys need."""
    changes = [fold.changed() for fold in folds]
    for table in tables.metadata.sorted_tables:
        rows = [row for change in changes for row in change.get(table, ())]
        if rows:
            await connection.execute(upsert(connection, table), rows)
