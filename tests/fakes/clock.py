"""A clock that moves only when told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

MORNING = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
"""A Monday, ten in the morning in New York."""


class ManualClock:
    """Wall and monotonic time advance together, by hand."""

    def __init__(self, now: datetime = MORNING) -> None:
        """Stand still at `now`, which is aware."""
        self._now = now.astimezone(UTC)
        self._monotonic = 0.0

    def now(self) -> datetime:
        """Return the time, aware, in UTC."""
        return self._now

    def monotonic(self) -> float:
        """Return seconds since this clock was made."""
        return self._monotonic

    def advance(self, seconds: float) -> None:
        """Move both times forward."""
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds
