"""A calendar in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from domain.errors import StorageFailed
from domain.ports import Slot


@dataclass
class MemoryCalendar:
    """Implements `domain.ports.Calendar`; `holders` says which conversation has which slot."""

    holders: dict[tuple[str, datetime], str] = field(default_factory=dict)
    fails: bool = False

    async def taken(self, *, place: str, after: datetime, before: datetime) -> Sequence[datetime]:
        """Return the starts booked at `place` in the span, in UTC."""
        self._check()
        return sorted(start for where, start in self.holders if where == place and after <= start < before)

    async def book(self, slot: Slot, *, conversation_id: str) -> bool:
        """Take `slot` unless another conversation holds it."""
        self._check()
        return self.holders.setdefault(_key(slot), conversation_id) == conversation_id

    async def release(self, slot: Slot, *, conversation_id: str) -> None:
        """Give back one's own booking."""
        self._check()
        if self.holders.get(_key(slot)) == conversation_id:
            del self.holders[_key(slot)]

    def _check(self) -> None:
        if self.fails:
            raise StorageFailed("the scripted calendar is down")


def _key(slot: Slot) -> tuple[str, datetime]:
    return slot.place, slot.start.astimezone(UTC)
