"""Admission to the model: bounded concurrency, voice ahead of background."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from heapq import heappop, heappush

from domain.errors import ModelOverloaded
from llm.chat import Priority


class Admission:
    """A semaphore that serves the highest priority first and, within one, whoever came first.

    Safe to cancel: a waiter that gives up loses its place, and a place granted to it in the same moment goes on to
    the next. Voice always waits; background is refused when `background_limit` of its kind already wait.
    """

    def __init__(self, capacity: int, *, background_limit: int = 32, retry_after_s: float = 1.0) -> None:
        """Admit `capacity` requests at a time."""
        if capacity < 1:
            raise ValueError(f"capacity must be at least 1, not {capacity}")
        self._free = capacity
        self._background_limit = background_limit
        self._retry_after_s = retry_after_s
        self._arrivals = 0
        self._waiting: list[tuple[Priority, int, asyncio.Future[None]]] = []

    @property
    def free(self) -> int:
        """Places that nobody holds."""
        return self._free

    def waiting(self, priority: Priority) -> int:
        """Count those who wait at `priority`."""
        return sum(1 for rank, _, turn in self._waiting if rank is priority and not turn.done())

    @asynccontextmanager
    async def place(self, priority: Priority) -> AsyncIterator[None]:
        """Hold a place for the length of the block.

        Raises:
            ModelOverloaded: too many background requests wait already.
        """
        await self._acquire(priority)
        try:
            yield
        finally:
            self._release()

    async def _acquire(self, priority: Priority) -> None:
        if self._free:
            self._free -= 1
            return
        if priority is Priority.BACKGROUND and self.waiting(priority) >= self._background_limit:
            raise ModelOverloaded("too many requests wait for the model", retry_after_s=self._retry_after_s)
        turn = asyncio.get_running_loop().create_future()
        self._arrivals += 1
        heappush(self._waiting, (priority, self._arrivals, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._release()
            raise

    def _release(self) -> None:
        while self._waiting:
            _, _, turn = heappop(self._waiting)
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
