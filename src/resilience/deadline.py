"""A point in time by which something must be done."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Deadline:
    """`at` is in seconds of a monotonic clock."""

    at: float

    @classmethod
    def after(cls, seconds: float, *, now: float) -> Deadline:
        """Return the deadline `seconds` from `now`."""
        return cls(now + seconds)

    def remaining(self, now: float) -> float:
        """Return the seconds left at `now`; 0 when it has passed."""
        return max(self.at - now, 0.0)

    def passed(self, now: float) -> bool:
        """Return whether it has passed at `now`."""
        return now >= self.at

    def sooner(self, other: Deadline) -> Deadline:
        """Return the earlier of the two."""
        return self if self.at <= other.at else other
