"""Events keep the outsiders' shape both ways."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from domain.events import (
    AgentSaid,
    Appointment,
    Event,
    EventData,
    FactorScore,
    HandedOver,
    Latency,
    Scored,
    TierChanged,
)
from domain.turn import AgentName

AT = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "data",
    [
        HandedOver(from_=AgentName.CONVERSATION, to=AgentName.SCHEDULER, reason="booking"),
        TierChanged(from_="local", to="premium", reason="score"),
        Scored(score=70.5, factors={"size": FactorScore(points=1, weight=2, quote="two", confidence=0.9)}),
        Appointment(action="booked", start=AT, zone="America/Los_Angeles", place="the office"),
        AgentSaid(
            agent=AgentName.SCHEDULER, text="Hi.", wording="model", tier="t", start_ms=5, latency_ms=Latency(total=12.5)
        ),
    ],
)
def test_an_event_survives_the_way_out_and_back(data: EventData) -> None:
    event = Event(seq=1, at=AT, t_ms=40, data=data)
    raw = event.to_json()
    assert set(raw) == {"seq", "type", "at", "t_ms", "data"}
    assert Event.from_json(raw) == event


def test_handing_over_is_told_from_and_to() -> None:
    data = HandedOver(from_=AgentName.CONVERSATION, to=AgentName.SCHEDULER, reason="booking")
    assert Event(seq=1, at=AT, t_ms=0, data=data).to_json()["data"] == {
        "from": "conversation",
        "to": "scheduler",
        "reason": "booking",
    }


@pytest.mark.parametrize(
    "raw", [{}, {"type": "dance", "data": {}}, {"type": "ended", "data": {"outcome": "x", "more": 1}}]
)
def test_what_is_no_event_is_refused(raw: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Event.from_json(raw)
