"""What the far end is playing, reckoned from what was sent."""

from __future__ import annotations


class PlayoutClock:
    """Follows the carrier's play-out buffer: audio plays in order, at once when the buffer is empty.

    All times are milliseconds since the stream began and come in from outside.
    """

    def __init__(self) -> None:
        """Start with an empty buffer."""
        self._ends_ms = 0.0

    @property
    def ends_ms(self) -> float:
        """When the last sample sent will have been played."""
        return self._ends_ms

    def send(self, duration_ms: float, *, now_ms: float) -> float:
        """Account for audio sent now; return when its first sample plays."""
        starts_ms = max(self._ends_ms, now_ms)
        self._ends_ms = starts_ms + duration_ms
        return starts_ms

    def clear(self, *, now_ms: float) -> None:
        """Account for a clear sent now."""
        self._ends_ms = min(self._ends_ms, now_ms)
