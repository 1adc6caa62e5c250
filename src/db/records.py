"""What is known of calls, as readers see it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class LeadRecord:
    """Who was called."""

    id: str
    phone: str
    name: str | None
    timezone: str | None
    address: str | None
    value: str | None


@dataclass(frozen=True, slots=True)
class AppointmentRecord:
    """The call's standing appointment; `start` is in UTC, `zone` the place's."""

    status: str
    start: datetime
    zone: str
    place: str


@dataclass(frozen=True, slots=True)
class CallRecord:
    """A call. status is placed, answered or ended; score 0 to 100; times are in UTC."""

    call_id: str
    to: str
    playbook: str
    status: str
    outcome: str | None
    reason: str | None
    verdict: str | None
    score: float | None
    lead: LeadRecord
    appointment: AppointmentRecord | None
    placed_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    duration_ms: int | None

    def as_dict(self) -> dict[str, Any]:
        """Return plain values, times as ISO text."""
        return _plain(asdict(self))


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """A turn of a call: `text` was said, `heard_text` is what the lead heard of it. Times count from the stream."""

    seq: int
    speaker: str
    agent: str | None
    text: str
    heard_text: str | None
    interrupted: bool
    wording: str | None
    tier: str | None
    language: str | None
    confidence: float | None
    start_ms: int
    end_ms: int | None
    latency_ms: dict[str, float | None]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return _plain(asdict(self))


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    plain = {}
    for name, value in values.items():
        if isinstance(value, datetime):
            value = value.isoformat()
        plain[name] = _plain(value) if isinstance(value, dict) else value
    return plain
