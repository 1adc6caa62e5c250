"""A live call's record before its first row is written."""

from __future__ import annotations

from datetime import datetime

from db.records import CallRecord, LeadRecord
from domain.events import Answered, Event, Verdict
from domain.lead import lead_id_of
from telephony.calls import LiveCall


def record_of(live: LiveCall) -> CallRecord:
    """Return what the log of `live` tells so far."""
    request, events = live.request, live.log.events
    answered = next((event for event in events if isinstance(event.data, Answered)), None)
    verdict = next((event.data.label for event in events if isinstance(event.data, Verdict)), None)
    return CallRecord(
        call_id=live.call_id,
        to=request.to,
        playbook=request.playbook,
        status="answered" if answered else "placed",
        outcome=None,
        reason=None,
        verdict=verdict,
        score=None,
        lead=LeadRecord(
            id=lead_id_of(request.to),
            phone=request.to,
            name=request.name,
            timezone=request.timezone,
            address=request.address,
            value=request.value,
        ),
        appointment=None,
        placed_at=events[0].at,
        answered_at=_at(answered),
        ended_at=None,
        duration_ms=None,
    )


def _at(event: Event | None) -> datetime | None:
    return event.at if event else None
