"""A suppression list in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from domain.errors import StorageFailed


@dataclass
class MemorySuppressions:
    """Implements `domain.ports.Suppressions`; `reasons` holds the numbers on the list."""

    reasons: dict[str, str] = field(default_factory=dict)
    fails: bool = False

    async def contains(self, phone: str) -> bool:
        """Whether `phone` is on the list."""
        return phone in self.reasons

    async def add(self, phone: str, *, reason: str, at: datetime) -> None:
        """Put `phone` on the list; `at` is not kept."""
        if self.fails:
            raise StorageFailed("the scripted list is down")
        self.reasons.setdefault(phone, reason)
