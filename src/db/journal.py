"""The journal: every event of every conversation on disk, written behind the conversation's back."""

from __future__ import annotations

import asyncio
import fcntl
import logging
import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self, TypeVarTuple, Unpack

from db.journal_files import JournalFiles
from domain.errors import DirectoryInUse, StorageFailed
from domain.events import Event

_logger = logging.getLogger(__name__)
_Args = TypeVarTuple("_Args")

Subscriber = Callable[[str, Sequence[Event]], None]
"""Takes the durable events of a conversation, in order, on the event loop; must not block."""


@dataclass(frozen=True, slots=True)
class Position:
    """How far a projection has come in a conversation; `ended` once nothing can follow."""

    seq: int
    ended: bool


@dataclass(frozen=True, slots=True)
class _Entry:
    conversation_id: str
    event: Event


@dataclass(frozen=True, slots=True)
class _Barrier:
    """Resolves once everything before it is on disk; `last` also ends the writer."""

    done: asyncio.Future[None]
    last: bool = False


class Journal:
    """Sink of all events. A thread appends them in batches, one fsync per conversation and batch.

    An event that the disk refuses stays in memory and is tried again every `retry_s` seconds.
    """

    def __init__(self, directory: Path, *, retry_s: float = 1.0) -> None:
        """Keep the files in `directory`; nothing is touched before `start`."""
        self._files = JournalFiles(directory)
        self._retry_s = retry_s
        self._queue: queue.SimpleQueue[_Entry | _Barrier] = queue.SimpleQueue()
        self._subscribers: list[Subscriber] = []
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock: IO[bytes] | None = None
        self._closed = False
        self._failure: OSError | None = None

    @property
    def failure(self) -> OSError | None:
        """Why the disk refused the last batch; None while all is well."""
        return self._failure

    def subscribe(self, subscriber: Subscriber) -> None:
        """Hand all events that become durable from now on to `subscriber`."""
        self._subscribers.append(subscriber)

    async def start(self) -> None:
        """Begin to write; what `write` took before is written now.

        Raises:
            DirectoryInUse: another process writes this journal.
        """
        self._lock = _lock(self._files.directory)
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._write_behind, name="journal", daemon=True)
        self._thread.start()

    def write(self, conversation_id: str, event: Event) -> None:
        """Queue `event`, from any thread; returns at once and never raises for slow storage.

        Raises:
            InvalidInput: the id can't be a file's name.
        """
        self._files.path(conversation_id)
        if self._closed:
            _logger.error("the journal is closed, event %d of %s is lost", event.seq, conversation_id)
            return
        self._queue.put(_Entry(conversation_id, event))

    async def flush(self) -> None:
        """Return once all events written so far are on disk and handed to the subscribers.

        Raises:
            StorageFailed: the disk refuses; the events are kept and tried again.
        """
        await self._barrier(last=False)

    async def close(self) -> None:
        """Write what is left and stop. Idempotent.

        Raises:
            StorageFailed: the disk refuses to the end; the events not written are lost.
        """
        if self._closed or self._thread is None:
            self._closed = True
            return
        self._closed = True
        try:
            await self._barrier(last=True)
        finally:
            self._thread.join()
            if self._lock is not None:
                self._lock.close()

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close."""
        await self.close()

    def read(self, conversation_id: str) -> list[Event]:
        """Return the events on disk, oldest first; empty for an unknown id. Blocks on the disk.

        Raises:
            InvalidFile: a whole line of the file is no event.
            InvalidInput: the id can't be a file's name.
        """
        return self._files.read(conversation_id)

    def unprojected(self, positions: Mapping[str, Position]) -> list[str]:
        """Return the conversations that may hold events beyond `positions`. Blocks on the disk."""
        return [
            conversation_id
            for conversation_id in self._files.conversations()
            if conversation_id not in positions or not positions[conversation_id].ended
        ]

    async def _barrier(self, *, last: bool) -> None:
        done = asyncio.get_running_loop().create_future()
        self._queue.put(_Barrier(done, last=last))
        await done

    def _write_behind(self) -> None:
        """Run in the writer's thread until the last barrier."""
        held: dict[str, list[Event]] = {}
        ending = False
        while not ending:
            barriers = self._take(held)
            ending = any(barrier.last for barrier in barriers)
            self._append(held)
            error = None
            if held:
                left = sum(len(events) for events in held.values())
                error = StorageFailed(f"the journal could not write {left} events: {self._failure}")
            for barrier in barriers:
                self._call(_resolve, barrier.done, error)

    def _take(self, held: dict[str, list[Event]]) -> list[_Barrier]:
        """Add what is queued to `held`, waiting for at least one item, or for the retry."""
        barriers = []
        try:
            item = self._queue.get(timeout=self._retry_s if held else None)
            while True:
                if isinstance(item, _Barrier):
                    barriers.append(item)
                else:
                    held.setdefault(item.conversation_id, []).append(item.event)
                item = self._queue.get_nowait()
        except queue.Empty:
            return barriers

    def _append(self, held: dict[str, list[Event]]) -> None:
        """Write `held` and take out of it what the disk accepted."""
        for conversation_id in list(held):
            try:
                self._files.append(conversation_id, held[conversation_id])
            except OSError as error:
                _logger.warning("the journal could not write %s: %s", conversation_id, error)
                self._failure = error
                return
            self._failure = None
            self._call(self._hand_on, conversation_id, held.pop(conversation_id))

    def _call(self, function: Callable[[Unpack[_Args]], None], *args: *_Args) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(function, *args)

    def _hand_on(self, conversation_id: str, events: Sequence[Event]) -> None:
        for subscriber in self._subscribers:
            subscriber(conversation_id, events)


def _resolve(done: asyncio.Future[None], error: StorageFailed | None) -> None:
    if done.done():
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)


def _lock(directory: Path) -> IO[bytes]:
    """Take the directory's lock, which ends with the process."""
    directory.mkdir(parents=True, exist_ok=True)
    file = (directory / ".lock").open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.close()
        raise DirectoryInUse(directory) from error
    return file
