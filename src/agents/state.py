"""The conversation's state, and what the graph carries through one turn."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import TypedDict

from agents.understanding.times import NO_WISH, TimeWish
from agents.understanding.understand import Understanding
from domain.events import EventData, FactorScore
from domain.ports import Slot
from domain.turn import AgentName, Expects, Utterance


class Phase(StrEnum):
    """Where the conversation stands."""

    IDLE = "idle"
    SERVICE_INQUIRY = "service_inquiry"
    AWAITING_INFO = "awaiting_info"
    BOOKING_NEW = "booking_new"
    BOOKING_CONFIRMATION = "booking_confirmation"
    RESCHEDULING = "rescheduling"
    CANCELING = "canceling"
    ESCALATED = "escalated"
    OVER = "over"


class Asked(StrEnum):
    """What the agent's last question was about, where it wasn't a slot of the playbook."""

    PERMISSION = "permission"
    CALLBACK_TIME = "callback_time"
    OFFER = "offer"
    READ_BACK = "read_back"
    OBJECTION = "objection"


@dataclass(frozen=True, slots=True)
class Known:
    """A fact with its evidence; `start_ms` is that of the utterance it came from."""

    value: str
    quote: str
    confidence: float
    start_ms: int


@dataclass(slots=True)
class ConversationState:
    """All that the agents remember; copied before a turn is thought of, so that a proposal has no effect.

    asked, question and expects: the open question. read_back: the moment in the words that the lead must have heard
    before a yes counts. wish: what was said so far of the time in question. closing: the line that took leave.
    holding: outcomes that hold.
    """

    phase: Phase = Phase.IDLE
    agent: AgentName = AgentName.CONVERSATION
    asked: str | None = None
    question: str = ""
    expects: Expects = Expects.OPEN
    slots: dict[str, Known] = field(default_factory=dict)
    times_asked: dict[str, int] = field(default_factory=dict)
    objections: dict[str, int] = field(default_factory=dict)
    offered: list[Slot] = field(default_factory=list)
    chosen: Slot | None = None
    read_back: str = ""
    booked: Slot | None = None
    wish: TimeWish = NO_WISH
    follow_up: datetime | None = None
    closing: str = ""
    silences: int = 0
    unclear: int = 0
    repeats: int = 0
    turns: int = 0
    holding: set[str] = field(default_factory=set)
    sentiment: list[float] = field(default_factory=list)

    @property
    def closed(self) -> bool:
        """Whether leave was taken."""
        return self.phase in (Phase.CANCELING, Phase.ESCALATED, Phase.OVER)

    def copy(self) -> ConversationState:
        """Return a state that can be changed without changing this one; its containers' values are immutable."""
        twin = copy(self)
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, dict | list | set):
                setattr(twin, each.name, value.copy())
        return twin


@dataclass(frozen=True, slots=True)
class Plan:
    """What one agent decided to say, and what comes with it.

    `lead_in` is what comes before the question and what the model may fit to the lead's words; `question` is kept word
    for word. `worded` lets the model word the lead-in; `lead_in` and `question` together are the vetted line. `books`
    is taken before anything is said, and `releases` given back after it; when the slot is gone meanwhile, the scheduler
    plans anew. `opts_out` are the lead's words.
    """

    agent: AgentName
    reason: str
    lead_in: str
    question: str = ""
    expects: Expects = Expects.OPEN
    worded: bool = False
    ends_call: bool = False
    books: Slot | None = None
    releases: Slot | None = None
    opts_out: str | None = None

    @property
    def line(self) -> str:
        """The whole vetted line."""
        return f"{self.lead_in} {self.question}".strip()


@dataclass(frozen=True, slots=True)
class Review:
    """What the conversation comes to so far: score 0 to 100, mood -1 to 1, the outcome if it ended now."""

    score: float
    factors: Mapping[str, FactorScore]
    sentiment: float
    outcome: str | None
    next_step: str


class TurnState(TypedDict, total=False):
    """What flows through the graph: the utterance in, the plan and the events out.

    `now` is aware, in the lead's zone; `heard` is what the lead heard of the last reply, None for all of it; `taken`
    holds starts in UTC; `review` asks for the analytics behind a turn instead of an answer.
    """

    utterance: Utterance
    now: datetime
    memory: ConversationState
    heard: str | None
    taken: frozenset[datetime]
    understanding: Understanding
    route: AgentName
    reason: str
    plan: Plan
    events: list[EventData]
    review: bool
    reviewed: Review
