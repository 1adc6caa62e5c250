"""From a call's events to the lead's row: a pure function."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from domain.events import (
    Answered,
    Appointment,
    Data,
    Ended,
    Event,
    FollowUp,
    OptedOut,
    Placed,
    Scored,
    SlotFilled,
)
from domain.lead import lead_id_of
from domain.ports import Evidence, LeadRow

_D = TypeVar("_D", bound=Data)
_NEXT_STEPS = {
    "opted_out": "Do not call again",
    "wrong_number": "Find the right number",
    "human_requested": "Call back in person",
    "appointment_booked": "Prepare the appointment",
    "qualified": "Arrange an appointment",
    "voicemail": "Try again",
    "no_answer": "Try again",
    "busy": "Try again",
    "failed": "Try again",
    "interrupted": "Try again",
}


def row_from(events: Sequence[Event], *, recording: str = "") -> LeadRow | None:
    """Return the row of the lead whose call `events` are; None for a conversation that is no call.

    `recording` is where the recording is, shown once the call has ended.
    """
    if not events or not isinstance(events[0].data, Placed):
        return None
    placed = events[0].data
    ended = _last(events, Ended)
    score = _last(events, Scored)
    return LeadRow(
        lead_id=lead_id_of(placed.to),
        name=placed.lead_name or "",
        phone=placed.to,
        status=_status(events),
        outcome=_words(ended.outcome) if ended else "",
        score=score.score if score else None,
        values={
            event.data.name: Evidence(event.data.value, event.data.quote, event.data.confidence, event.data.start_ms)
            for event in events
            if isinstance(event.data, SlotFilled)
        },
        appointment=_appointment(events),
        next_step=_next_step(events, zone=placed.timezone),
        recording=recording if ended and _last(events, Answered) else "",
        updated_at=events[-1].at,
    )


def _last(events: Sequence[Event], kind: type[_D]) -> _D | None:
    return next((event.data for event in reversed(events) if isinstance(event.data, kind)), None)


def _status(events: Sequence[Event]) -> str:
    if _last(events, OptedOut):
        return "Do not call"
    if _last(events, Ended):
        return "Done"
    return "Talking" if _last(events, Answered) else "Calling"


def _appointment(events: Sequence[Event]) -> str:
    changes = [event.data for event in events if isinstance(event.data, Appointment)]
    firm = [change for change in changes if change.action != "held"]
    if not changes:
        return ""
    standing = firm[-1] if firm else changes[-1]
    words = {"held": "Held: ", "cancelled": "Cancelled: "}.get(standing.action, "")
    return f"{words}{_when(standing.start, standing.zone)}, {standing.place}"


def _next_step(events: Sequence[Event], *, zone: str | None) -> str:
    ended = _last(events, Ended)
    if ended is None:
        return ""
    follow_up = _last(events, FollowUp)
    if follow_up is not None and ended.outcome not in ("opted_out", "wrong_number", "appointment_booked"):
        return f"Call back {_when(follow_up.at, zone)}"
    return _NEXT_STEPS.get(ended.outcome, "")


def _when(at: datetime, zone: str | None) -> str:
    """Return `at` on the clock of `zone`; of its own offset where the zone is unknown."""
    try:
        local = at.astimezone(ZoneInfo(zone)) if zone else at
    except (ZoneInfoNotFoundError, ValueError):
        local = at
    return f"{local:%a %d %b %Y, %H:%M} ({zone or local.tzname()})"


def _words(outcome: str) -> str:
    return outcome.replace("_", " ").capitalize()
