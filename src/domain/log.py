"""A conversation's append-only event log, in memory; sinks carry it on."""

from __future__ import annotations

from collections.abc import Sequence

from domain.clock import Clock
from domain.events import OUTCOMES, Ended, Event, EventData
from domain.ports import EventSink


class EventLog:
    """Numbers events from 1 without gaps and hands each to the sinks, which must not block."""

    def __init__(self, conversation_id: str, clock: Clock, sinks: Sequence[EventSink] = ()) -> None:
        """Start an empty log; `t_ms` is 0 until `begin_stream`."""
        self.conversation_id = conversation_id
        self._clock = clock
        self._sinks = tuple(sinks)
        self._events: list[Event] = []
        self._stream_began: float | None = None

    @property
    def events(self) -> Sequence[Event]:
        """All events so far, oldest first."""
        return self._events

    @property
    def ended(self) -> bool:
        """Whether the last event has been appended; nothing may follow it."""
        return bool(self._events) and isinstance(self._events[-1].data, Ended)

    def begin_stream(self) -> None:
        """Set the zero of `t_ms`."""
        self._stream_began = self._clock.monotonic()

    def elapsed_ms(self) -> int:
        """Milliseconds since the stream began, 0 before."""
        if self._stream_began is None:
            return 0
        return round((self._clock.monotonic() - self._stream_began) * 1000)

    def append(self, data: EventData) -> Event | None:
        """Append `data` and hand it to the sinks; None once the log has ended."""
        if self.ended:
            return None
        event = Event(seq=len(self._events) + 1, at=self._clock.now(), t_ms=self.elapsed_ms(), data=data)
        self._events.append(event)
        for sink in self._sinks:
            sink.write(self.conversation_id, event)
        return event


def first_outcome(holding: set[str], *, otherwise: str) -> str:
    """Return the outcome of highest rank among `holding`, else `otherwise`."""
    return next((outcome for outcome in OUTCOMES if outcome in holding), otherwise)
