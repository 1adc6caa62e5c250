"""The two clocks of a process. Decisions see neither: they get the domain's Clock."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from domain.clock import Clock
from settings.environment import Environment


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """Return the time, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds since an arbitrary start; never goes back."""
        return time.monotonic()


class ShiftedClock:
    """Starts at `start` when built and runs at real speed; an adjusted machine clock doesn't move it."""

    def __init__(self, start: datetime) -> None:
        """Start now at `start`, which is aware."""
        self._start = start.astimezone(UTC)
        self._origin = time.monotonic()

    def now(self) -> datetime:
        """Return the time, aware, in UTC."""
        return self._start + timedelta(seconds=time.monotonic() - self._origin)

    def monotonic(self) -> float:
        """Return seconds since an arbitrary start; never goes back."""
        return time.monotonic()


def clock_from(environment: Environment) -> Clock:
    """Return the clock that LEADLINE_CLOCK asks for."""
    return SystemClock() if environment.clock is None else ShiftedClock(environment.clock)
