"""The events of calls, made by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from domain.events import (
    AgentHeard,
    AgentSaid,
    Answered,
    Appointment,
    Ended,
    Event,
    EventData,
    FactorScore,
    HandedOver,
    Latency,
    LeadSaid,
    Objection,
    Placed,
    Scored,
    SlotFilled,
    Verdict,
)
from domain.turn import AgentName

PHONE = "+12025550143"
BEGAN = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
VIEWING = Appointment(
    action="booked", start=datetime(2026, 3, 4, 19, 30, tzinfo=UTC), zone="America/New_York", place="12 Elm Street"
)


def numbered(*data: EventData, began: datetime = BEGAN, first: int = 1) -> list[Event]:
    """Return `data` as events one second apart."""
    return [
        Event(seq=first + index, at=began + timedelta(seconds=first - 1 + index), t_ms=1000 * index, data=item)
        for index, item in enumerate(data)
    ]


def placed(to: str = PHONE, *, name: str | None = "Ann Lee") -> Placed:
    """Return the first event of a call."""
    return Placed(to=to, playbook="real_estate", lead_name=name, timezone="America/New_York")


def ready_buyer(*, to: str = PHONE, began: datetime = BEGAN) -> list[Event]:
    """Return a whole call that ends with a booking."""
    return numbered(
        placed(to),
        Answered(),
        Verdict(label="human"),
        AgentSaid(agent=AgentName.CONVERSATION, text="Hello.", wording="vetted", tier="local", start_ms=900),
        AgentSaid(agent=AgentName.CONVERSATION, text="Are you looking?", wording="vetted", tier="local", start_ms=1500),
        AgentHeard(text="Hello. Are", end_ms=1900, interrupted=True),
        LeadSaid(text="Yes, three bedrooms.", confidence=0.9, language="en", start_ms=2000, end_ms=3200),
        SlotFilled(name="bedrooms", value="3", quote="three bedrooms", confidence=0.93, start_ms=2000),
        HandedOver.model_validate({"from": "conversation", "to": "qualification", "reason": "a fact was given"}),
        Objection(kind="price"),
        AgentSaid(agent=AgentName.QUALIFICATION, text="Sure.", wording="filler", tier="local", start_ms=3500),
        AgentSaid(
            agent=AgentName.QUALIFICATION,
            text="What is your budget?",
            wording="model",
            tier="local",
            start_ms=3900,
            latency_ms=Latency(total=640, stt=40, understand=2),
        ),
        AgentHeard(text="Sure. What is your budget?", end_ms=5200, interrupted=False),
        Scored(
            score=72.5, factors={"size": FactorScore(points=10, weight=20, quote="three bedrooms", confidence=0.93)}
        ),
        VIEWING,
        Ended(outcome="appointment_booked", reason="agent said goodbye"),
        began=began,
    )
