"""The sheet, written behind from the journal's durable events."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.errors import LeadlineError
from domain.events import Event
from domain.ports import LeadRow, LeadSheet
from sheets.row import row_from

_logger = logging.getLogger(__name__)
_SHOWN = frozenset({"placed", "answered", "slot_filled", "scored", "appointment", "follow_up", "opted_out", "ended"})


class Positions(Protocol):
    """Remembers across restarts what the sheet has."""

    async def save(self, conversation_id: str, *, seq: int, ended: bool) -> None:
        """Set the position of a conversation."""
        ...


@dataclass(frozen=True, slots=True)
class Conversations:
    """Where a call's events and its recording are. `read` may block; it runs in a thread."""

    read: Callable[[str], Sequence[Event]]
    recording: Callable[[str], str]


class SheetProjection:
    """Puts a lead's row whenever its call has news. Changes within `pause_s` are put once."""

    def __init__(
        self,
        sheet: LeadSheet,
        conversations: Conversations,
        positions: Positions,
        *,
        pause_s: float = 0.5,
        retry_s: float = 5.0,
    ) -> None:
        """Project `conversations` into `sheet`; nothing runs before `start`."""
        self._sheet = sheet
        self._conversations = conversations
        self._positions = positions
        self._pause_s = pause_s
        self._retry_s = retry_s
        self._news: dict[str, None] = {}
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._task: asyncio.Task[None] | None = None

    async def start(self, backlog: Iterable[str] = ()) -> None:
        """Begin to put rows, those of the conversations in `backlog` first."""
        for conversation_id in backlog:
            self._mark(conversation_id)
        self._task = asyncio.create_task(self._run(), name="sheet projection")

    def take(self, conversation_id: str, events: Sequence[Event]) -> None:
        """Note durable events of a conversation; returns at once."""
        if any(event.type in _SHOWN for event in events):
            self._mark(conversation_id)

    async def settled(self) -> None:
        """Return once the sheet shows everything taken so far; waits as long as the sheet is refused or open."""
        await self._idle.wait()
        if self._task is not None and self._task.done():
            self._task.result()

    async def close(self) -> None:
        """Stop; what isn't in the sheet yet is put after the next start. Idempotent."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    def _mark(self, conversation_id: str) -> None:
        self._news[conversation_id] = None
        self._idle.clear()
        self._wake.set()

    async def _run(self) -> None:
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                await self._put_all()
                await asyncio.sleep(self._retry_s if self._news and not self._wake.is_set() else self._pause_s)
                if self._news:
                    self._wake.set()
                else:
                    self._idle.set()
        finally:
            self._idle.set()  # nobody waits for a projection that is over

    async def _put_all(self) -> None:
        """Put the rows of all conversations with news, later calls of a lead after earlier ones."""
        news, self._news = list(self._news), {}
        found = [(conversation_id, await self._read(conversation_id)) for conversation_id in news]
        rows = [
            (conversation_id, events, row)
            for conversation_id, events in found
            if (row := row_from(events, recording=self._conversations.recording(conversation_id))) is not None
        ]
        rows.sort(key=lambda item: item[2].updated_at)
        await asyncio.gather(*(self._put(conversation_id, events, row) for conversation_id, events, row in rows))

    async def _read(self, conversation_id: str) -> Sequence[Event]:
        try:
            return await asyncio.to_thread(self._conversations.read, conversation_id)
        except LeadlineError as error:
            _logger.warning("the sheet leaves out %s: %s", conversation_id, error)
            return ()

    async def _put(self, conversation_id: str, events: Sequence[Event], row: LeadRow) -> None:
        try:
            await self._sheet.put(row)
            await self._positions.save(conversation_id, seq=events[-1].seq, ended=events[-1].type == "ended")
        except LeadlineError as error:
            _logger.warning("the sheet has no row for %s yet, trying again: %s", conversation_id, error)
            self._news[conversation_id] = None
