"""What becomes of a call whose process died."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from domain.events import Appointment, Ended, Event, FollowUp, OptedOut, Placed, Transferred
from domain.log import first_outcome


def is_cut_off(events: Sequence[Event]) -> bool:
    """Whether `events` are those of a call that never ended."""
    return bool(events) and isinstance(events[0].data, Placed) and not isinstance(events[-1].data, Ended)


def is_booked(events: Sequence[Event]) -> bool:
    """Whether an appointment stands at the end of `events`."""
    actions = [event.data.action for event in events if isinstance(event.data, Appointment)]
    firm = [action for action in actions if action != "held"]
    return bool(firm) and firm[-1] != "cancelled"


def closing(events: Sequence[Event], *, at: datetime) -> Event:
    """Return the event that ends a call cut off: what was already reached holds, else it is interrupted."""
    holding = {"appointment_booked"} if is_booked(events) else set()
    for event in events:
        match event.data:
            case OptedOut():
                holding.add("opted_out")
            case Transferred():
                holding.add("human_requested")
            case FollowUp():
                holding.add("callback_scheduled")
    ended = Ended(outcome=first_outcome(holding, otherwise="interrupted"), reason="process stopped")
    last = events[-1]
    return Event(seq=last.seq + 1, at=at, t_ms=last.t_ms, data=ended)
