"""A line whose far end plays instantly or not at all, as the test says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from domain.ports import Pcm16
from voice.endpointing import Evidence


class FakeLine:
    """Collects what is sent. With `echo_marks` set, each mark comes back at once, as if its audio had been played."""

    def __init__(self) -> None:
        """Begin with an idle line that returns no marks."""
        self.samples = 0
        self.marks: list[str] = []
        self.clears = 0
        self.told: list[Evidence] = []
        self.echo_marks: Callable[[str], None] | None = None
        self.ended = asyncio.Event()
        self.sent = asyncio.Condition()

    async def send_audio(self, pcm: Pcm16) -> None:
        """Count the samples."""
        self.samples += len(pcm)

    async def send_mark(self, name: str) -> None:
        """Keep the mark, and return it when asked to."""
        async with self.sent:
            self.marks.append(name)
            self.sent.notify_all()
        if self.echo_marks is not None:
            asyncio.get_running_loop().call_soon(self.echo_marks, name)

    async def clear(self) -> None:
        """Count the clear."""
        self.clears += 1

    async def tell(self, evidence: Evidence) -> None:
        """Keep the evidence."""
        self.told.append(evidence)

    async def end(self) -> None:
        """Say that the call was ended."""
        self.ended.set()

    async def wait_marks(self, count: int) -> None:
        """Wait until `count` marks have been sent in all."""
        async with self.sent:
            await self.sent.wait_for(lambda: len(self.marks) >= count)
