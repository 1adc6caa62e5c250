"""Turns out of events, and the lead's side's timing joined to them."""

from __future__ import annotations

from cli.turns import turns_from, with_measured
from domain.events import AgentHeard, AgentSaid, Latency, LeadSaid
from domain.turn import AgentName, Wording
from simulator.record import HeardTurn
from tests.fakes.call_events import numbered


def agent(text: str, start_ms: int, wording: Wording = "vetted", *, fallback: bool = False) -> AgentSaid:
    return AgentSaid(
        agent=AgentName.QUALIFICATION,
        text=text,
        wording=wording,
        tier="t",
        start_ms=start_ms,
        latency_ms=Latency(total=400),
        fallback=fallback,
    )


def lead(text: str, start_ms: int) -> LeadSaid:
    return LeadSaid(text=text, confidence=0.9, language="en", start_ms=start_ms, end_ms=start_ms + 900)


EVENTS = numbered(
    agent("Hello.", 1_000),
    lead("Hi?", 200),
    AgentHeard(text="Hello.", end_ms=2_000, interrupted=False),
    lead("A house.", 3_000),
    agent("A house, lovely.", 4_500, "model"),
    agent("Where?", 6_000),
    AgentHeard(text="A house, lovely. Where?", end_ms=7_000, interrupted=False),
)


def test_clauses_of_one_answer_make_a_turn_and_turns_stand_by_their_start() -> None:
    turns = turns_from(EVENTS)
    assert [turn.text for turn in turns] == ["Hi?", "Hello.", "A house.", "A house, lovely. Where?"]
    last = turns[-1]
    assert (last.wording, last.first_wording, last.heard_text, last.end_ms) == (
        "model",
        "model",
        "A house, lovely. Where?",
        7_000,
    )


def test_an_answer_begun_vetted_keeps_its_first_wording() -> None:
    turns = turns_from(numbered(agent("Thanks.", 10, fallback=True), agent("Three, got it.", 900, "model")))
    assert (turns[0].first_wording, turns[0].wording, turns[0].fallback) == ("vetted", "model", True)


def test_totals_are_the_leads_sides_and_none_where_it_has_none() -> None:
    measured = [
        HeardTurn("agent", "", 1_040, 2_000, latency_ms=301.5),
        HeardTurn("lead", "A house.", 3_000, 3_900),
        HeardTurn("agent", "", 9_000, 9_900, latency_ms=700.0),
    ]
    turns = with_measured(turns_from(EVENTS), measured)
    assert [turn.latency_ms["total"] for turn in turns if turn.speaker == "agent"] == [301.5, None]


def test_without_measurements_no_total_is_claimed() -> None:
    turns = with_measured(turns_from(EVENTS), [])
    assert [turn.latency_ms["total"] for turn in turns if turn.speaker == "agent"] == [None, None]
