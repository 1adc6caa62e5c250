"""The typed events of a conversation: the one log of which rows, sheets and pages are projections."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from domain.turn import AgentName, Wording

OUTCOMES: tuple[str, ...] = (
    "opted_out",
    "wrong_number",
    "human_requested",
    "appointment_booked",
    "callback_scheduled",
    "qualified",
    "not_interested",
    "voicemail",
    "no_answer",
    "busy",
    "failed",
    "interrupted",
)
"""Outcomes by rank: the first that holds is the call's."""


class Data(BaseModel):
    """Base of every event's data."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Latency(Data):
    """Milliseconds; None where a stage did not run."""

    total: float | None = None
    stt: float | None = None
    understand: float | None = None
    first_clause: float | None = None
    first_audio: float | None = None


class Placed(Data):
    """A call is on its way to the carrier. Carries what projections need to make the lead's row."""

    type: Literal["placed"] = "placed"
    to: str
    playbook: str
    lead_name: str | None = None
    timezone: str | None = None
    address: str | None = None
    value: str | None = None


class Answered(Data):
    """Somebody or something picked up; the media stream begins."""

    type: Literal["answered"] = "answered"


class Verdict(Data):
    """Who answered: human, voicemail, screening, ivr, fax, silence or unknown."""

    type: Literal["verdict"] = "verdict"
    label: str


class LeadSaid(Data):
    """A confirmed turn of the lead."""

    type: Literal["lead_said"] = "lead_said"
    text: str
    confidence: float
    language: str
    start_ms: int
    end_ms: int


class AgentSaid(Data):
    """A clause was generated and sent; `fallback` where a vetted line stands in for the model's words."""

    type: Literal["agent_said"] = "agent_said"
    agent: AgentName
    text: str
    wording: Wording
    tier: str
    start_ms: int
    latency_ms: Latency = Latency()
    fallback: bool = False


class AgentHeard(Data):
    """What of the agent's words the lead has heard."""

    type: Literal["agent_heard"] = "agent_heard"
    text: str
    end_ms: int
    interrupted: bool


class HandedOver(Data):
    """One agent handed the turn to another."""

    type: Literal["handed_over"] = "handed_over"
    from_: AgentName = Field(alias="from")
    to: AgentName
    reason: str


class SlotFilled(Data):
    """A fact learnt, with the words that it came from."""

    type: Literal["slot_filled"] = "slot_filled"
    name: str
    value: str
    quote: str
    confidence: float
    start_ms: int


class Objection(Data):
    """The lead objected."""

    type: Literal["objection"] = "objection"
    kind: str


class FactorScore(Data):
    """A factor's share of the score: points out of weight, and the quote that supports it."""

    points: float
    weight: float
    quote: str | None = None
    confidence: float | None = None


class Scored(Data):
    """The qualification score, 0 to 100, with its factors."""

    type: Literal["scored"] = "scored"
    score: float
    factors: dict[str, FactorScore]


class Appointment(Data):
    """A change of an appointment; `start` is aware, in `zone`."""

    type: Literal["appointment"] = "appointment"
    action: Literal["held", "booked", "moved", "cancelled"]
    start: datetime
    zone: str
    place: str


class OptedOut(Data):
    """The person asked not to be called again, in these words."""

    type: Literal["opted_out"] = "opted_out"
    quote: str


class TierChanged(Data):
    """The voice moved from one tier to another."""

    type: Literal["tier_changed"] = "tier_changed"
    from_: str = Field(alias="from")
    to: str
    reason: str


class Cost(Data):
    """Money spent; `amount` is a decimal string."""

    type: Literal["cost"] = "cost"
    provider: str
    unit: str
    quantity: str
    amount: str
    currency: str


class FollowUp(Data):
    """A call-back is due."""

    type: Literal["follow_up"] = "follow_up"
    at: datetime
    urgency: str


class Transferred(Data):
    """A person took over."""

    type: Literal["transferred"] = "transferred"


class Ended(Data):
    """The conversation is over."""

    type: Literal["ended"] = "ended"
    outcome: str
    reason: str


EventData = Annotated[
    Placed
    | Answered
    | Verdict
    | LeadSaid
    | AgentSaid
    | AgentHeard
    | HandedOver
    | SlotFilled
    | Objection
    | Scored
    | Appointment
    | OptedOut
    | TierChanged
    | Cost
    | FollowUp
    | Transferred
    | Ended,
    Field(discriminator="type"),
]

_DATA: TypeAdapter[EventData] = TypeAdapter(EventData)


class Event(BaseModel):
    """An entry of the log: seq from 1 without gaps, `at` in UTC, `t_ms` since the stream began."""

    model_config = ConfigDict(frozen=True)

    seq: int
    at: datetime
    t_ms: int
    data: EventData

    @property
    def type(self) -> str:
        """The event's type, as outsiders name it."""
        return self.data.type

    def to_json(self) -> dict[str, object]:
        """Return the outsiders' shape: {"seq", "type", "at", "t_ms", "data"}."""
        return {
            "seq": self.seq,
            "type": self.type,
            "at": self.at.isoformat(),
            "t_ms": self.t_ms,
            "data": self.data.model_dump(mode="json", by_alias=True, exclude={"type"}),
        }

    @classmethod
    def from_json(cls, raw: dict[str, object]) -> Event:
        """Read the outsiders' shape back.

        Raises:
            pydantic.ValidationError: `raw` is no event.
        """
        data = raw.get("data")
        fields = data if isinstance(data, dict) else {}
        parsed = _DATA.validate_python({**fields, "type": raw.get("type")})
        return cls.model_validate({"seq": raw.get("seq"), "at": raw.get("at"), "t_ms": raw.get("t_ms"), "data": parsed})
