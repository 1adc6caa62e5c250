"""A circuit breaker: after failures in a row it refuses at once, then lets one try through to see."""

from __future__ import annotations

from enum import Enum


class BreakerState(Enum):
    """What a breaker lets through."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class Breaker:
    """Counts failures in a row. Ask `allows` before each try, and report how it ended.

    Every time is in seconds of one monotonic clock. A try that `allows` let through and that never reports, being
    cancelled for example, must call `abandoned`, so that a half-open breaker may try again.
    Source: M. Nygard, Release It!, "Circuit Breaker".
    """

    def __init__(self, *, failures: int, rest_s: float) -> None:
        """Open after `failures` in a row, and stay open for `rest_s` seconds."""
        self._limit = failures
        self._rest_s = rest_s
        self._failed = 0
        self._opened_at: float | None = None
        self._trying = False

    def state(self, now: float) -> BreakerState:
        """Return the state at `now`."""
        if self._opened_at is None:
            return BreakerState.CLOSED
        if self._trying or now - self._opened_at >= self._rest_s:
            return BreakerState.HALF_OPEN
        return BreakerState.OPEN

    def allows(self, now: float) -> bool:
        """Return whether a try may be made; half-open, only one at a time is."""
        state = self.state(now)
        if state is BreakerState.HALF_OPEN and not self._trying:
            self._trying = True
            return True
        return state is BreakerState.CLOSED

    def succeeded(self) -> None:
        """A try went well: close."""
        self._failed, self._opened_at, self._trying = 0, None, False

    def failed(self, now: float) -> None:
        """A try went wrong: open after enough in a row, and at once when half-open."""
        self._failed += 1
        if self._trying or self._failed >= self._limit:
            self._opened_at, self._trying = now, False

    def abandoned(self) -> None:
        """A try ended without an answer either way."""
        self._trying = False
