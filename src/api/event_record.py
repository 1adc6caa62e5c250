"""A call's record from its events, for as long as its rows lag behind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from db.records import CallRecord, LeadRecord
from domain.events import Answered, Data, Ended, Event, Placed, Verdict
from domain.lead import lead_id_of

D = TypeVar("D", bound=Data)


def record_of(call_id: str, events: Sequence[Event]) -> CallRecord | None:
    """Return what `events` tell of the call, score and appointment aside; None while it isn't placed."""
    placed_at, placed = _first(events, Placed)
    if placed_at is None or placed is None:
        return None
    answered_at, _ = _first(events, Answered)
    _, verdict = _first(events, Verdict)
    ended_at, ended = _first(events, Ended)
    return CallRecord(
        call_id=call_id,
        to=placed.to,
        playbook=placed.playbook,
        status="ended" if ended else "answered" if answered_at else "placed",
        outcome=ended.outcome if ended else None,
        reason=ended.reason if ended else None,
        verdict=verdict.label if verdict else None,
        score=None,
        lead=_lead(placed),
        appointment=None,
        placed_at=placed_at.at,
        answered_at=answered_at.at if answered_at else None,
        ended_at=ended_at.at if ended_at else None,
        duration_ms=ended_at.t_ms if ended_at else None,
    )


def _lead(placed: Placed) -> LeadRecord:
    return LeadRecord(
        id=lead_id_of(placed.to),
        phone=placed.to,
        name=placed.lead_name,
        timezone=placed.timezone,
        address=placed.address,
        value=placed.value,
    )


def _first(events: Sequence[Event], kind: type[D]) -> tuple[Event, D] | tuple[None, None]:
    """Return the first event whose data is of `kind`, and that data."""
    return next(((event, event.data) for event in events if isinstance(event.data, kind)), (None, None))
