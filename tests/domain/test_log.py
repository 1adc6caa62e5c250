"""The log numbers without gaps, ends once, and knows the outcome of highest rank."""

from __future__ import annotations

from domain.events import OUTCOMES, Ended, Event, LeadSaid, OptedOut
from domain.log import EventLog, first_outcome
from tests.fakes.clock import ManualClock


class Collector:
    """A sink that keeps what it is given."""

    def __init__(self) -> None:
        """Begin empty."""
        self.events: list[tuple[str, Event]] = []

    def write(self, conversation_id: str, event: Event) -> None:
        """Keep the event."""
        self.events.append((conversation_id, event))


def said(text: str) -> LeadSaid:
    return LeadSaid(text=text, confidence=0.9, language="en", start_ms=0, end_ms=1)


def test_events_are_numbered_timed_and_handed_to_every_sink() -> None:
    clock, sinks = ManualClock(), [Collector(), Collector()]
    log = EventLog("c1", clock, sinks)
    log.append(said("before"))
    clock.advance(2)
    log.begin_stream()
    clock.advance(0.25)
    log.append(said("after"))
    assert [(event.seq, event.t_ms) for event in log.events] == [(1, 0), (2, 250)]
    for sink in sinks:
        assert [(key, event.seq) for key, event in sink.events] == [("c1", 1), ("c1", 2)]


def test_nothing_follows_the_end() -> None:
    log = EventLog("c1", ManualClock())
    assert not log.ended
    log.append(Ended(outcome="busy", reason="line busy"))
    assert log.ended
    assert log.append(OptedOut(quote="stop")) is None
    assert len(log.events) == 1


def test_the_outcome_of_highest_rank_holds() -> None:
    assert first_outcome({"qualified", "opted_out", "appointment_booked"}, otherwise="failed") == "opted_out"
    assert first_outcome({"qualified", "appointment_booked"}, otherwise="failed") == "appointment_booked"
    assert first_outcome(set(), otherwise="interrupted") == "interrupted"
    assert all(first_outcome({outcome}, otherwise="failed") == outcome for outcome in OUTCOMES)
