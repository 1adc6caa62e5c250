"""Turns of a call out of its events, joined with what the lead's side measured; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from domain.events import AgentHeard, AgentSaid, Event, LeadSaid
from simulator.record import HeardTurn

MATCH_MS = 700
"""How far the server's reckoned start of an answer may lie from the one measured on the lead's side."""


@dataclass(slots=True)
class Turn:
    """A turn as reports show it. Times are milliseconds since the stream began."""

    speaker: str
    agent: str | None
    text: str
    heard_text: str | None
    wording: str | None
    start_ms: int
    end_ms: int | None
    latency_ms: dict[str, float | None] = field(default_factory=dict)
    fallback: bool = False
    first_wording: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the report's shape."""
        return asdict(self)


def turns_from(events: Iterable[Event]) -> list[Turn]:
    """Return both sides' turns in the order of their start; an answer's clauses make one turn."""
    turns: list[Turn] = []
    answer: Turn | None = None
    for event in events:
        match event.data:
            case LeadSaid() as said:
                turns.append(Turn("lead", None, said.text, None, None, said.start_ms, said.end_ms))
            case AgentSaid() as said:
                if answer is None:
                    answer = _answer(said)
                    turns.append(answer)
                else:
                    _continue(answer, said)
            case AgentHeard() as heard if answer is not None:
                answer.heard_text, answer.end_ms = heard.text, heard.end_ms
                answer = None
            case _:
                pass
    return sorted(turns, key=lambda turn: turn.start_ms)


def with_measured(turns: Sequence[Turn], measured: Sequence[HeardTurn]) -> list[Turn]:
    """Return `turns` where each answer's total is the lead's side's own figure, or None where it has none."""
    answers = [turn for turn in measured if turn.speaker == "agent"]
    for turn in turns:
        if turn.speaker != "agent":
            continue
        near = min(answers, key=lambda heard: _distance(heard, turn), default=None)
        matched = near is not None and _distance(near, turn) <= MATCH_MS
        turn.latency_ms["total"] = near.latency_ms if near is not None and matched else None
    return list(turns)


def _distance(heard: HeardTurn, turn: Turn) -> int:
    return abs(heard.start_ms - turn.start_ms)


def _answer(said: AgentSaid) -> Turn:
    return Turn(
        speaker="agent",
        agent=said.agent.value,
        text=said.text,
        heard_text=None,
        wording=said.wording,
        start_ms=said.start_ms,
        end_ms=None,
        latency_ms=said.latency_ms.model_dump(),
        fallback=said.fallback,
        first_wording=said.wording,
    )


def _continue(answer: Turn, said: AgentSaid) -> None:
    answer.text = f"{answer.text} {said.text}"
    answer.fallback = answer.fallback or said.fallback
    if said.wording == "model":
        answer.wording = "model"
