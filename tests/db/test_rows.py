"""Events become rows, the same ones however often and in whatever pieces."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from sqlalchemy import Table

from db import tables
from db.rows import CallFold, Row
from domain.events import (
    AgentHeard,
    AgentSaid,
    Answered,
    Appointment,
    Ended,
    EventData,
    FollowUp,
    LeadSaid,
    OptedOut,
    Transferred,
)
from domain.turn import AgentName, Wording
from tests.fakes.call_events import BEGAN, PHONE, VIEWING, numbered, placed, ready_buyer


def fold(*data: EventData) -> Mapping[Table, list[Row]]:
    folded = CallFold("call")
    for event in numbered(placed(), *data):
        folded.apply(event)
    return folded.changed()


def said(text: str, wording: Wording = "model", start_ms: int = 0) -> AgentSaid:
    return AgentSaid(agent=AgentName.CONVERSATION, text=text, wording=wording, tier="local", start_ms=start_ms)


def heard(text: str, *, interrupted: bool = False) -> AgentHeard:
    return AgentHeard(text=text, end_ms=1, interrupted=interrupted)


def texts(*data: EventData) -> list[tuple[object, object]]:
    return [(row["text"], row["heard_text"]) for row in fold(*data)[tables.turns]]


YES = LeadSaid(text="Yes.", confidence=0.9, language="en", start_ms=0, end_ms=1)


def test_a_whole_call() -> None:
    folded = CallFold("call")
    for event in ready_buyer():
        folded.apply(event)
    rows = folded.changed()
    assert list(rows)[:2] == [tables.leads, tables.calls]
    (call,) = rows[tables.calls]
    assert (call["status"], call["outcome"], call["verdict"], call["score"]) == (
        "ended",
        "appointment_booked",
        "human",
        72.5,
    )
    assert call["placed_at"] == BEGAN
    assert [(turn["speaker"], turn["text"], turn["heard_text"]) for turn in rows[tables.turns]] == [
        ("agent", "Hello. Are you looking?", "Hello. Are"),
        ("lead", "Yes, three bedrooms.", None),
        ("agent", "Sure. What is your budget?", "Sure. What is your budget?"),
    ]
    assert rows[tables.turns][0]["interrupted"] is True
    assert rows[tables.slots][0]["quote"] == "three bedrooms"
    assert rows[tables.transitions][0]["to_agent"] == "qualification"
    assert rows[tables.objections][0]["kind"] == "price"
    assert rows[tables.scores][0]["factors"] == {
        "size": {"points": 10, "weight": 20, "quote": "three bedrooms", "confidence": 0.93}
    }
    assert rows[tables.appointments][0]["status"] == "booked"
    assert folded.ended


def test_every_row_has_every_column() -> None:
    folded = CallFold("call")
    for event in ready_buyer():
        folded.apply(event)
    for table, rows in folded.changed().items():
        for row in rows:
            assert set(row) == set(table.columns.keys()), table.name


def test_a_filler_gives_way_to_the_wording_and_times_of_the_answer() -> None:
    (turn,) = fold(said("Sure.", "filler", 100), said("How big?", "model", 700))[tables.turns]
    assert (turn["text"], turn["wording"], turn["start_ms"]) == ("Sure. How big?", "model", 100)


@pytest.mark.parametrize(
    ("data", "turns"),
    [
        ([said("A."), said("B."), heard("A. B.")], [("A. B.", "A. B.")]),
        ([said("A."), heard("A."), said("B."), heard("B.")], [("A.", "A."), ("B.", "B.")]),
        ([said("A."), said("B."), heard("A."), heard("B.")], [("A. B.", "A. B.")]),
        ([said("A."), said("B."), heard("A."), heard("A. B.")], [("A. B.", "A. B.")]),
        ([said("A."), YES, heard("A.")], [("A.", "A."), ("Yes.", None)]),
        ([said("A."), YES, said("B.")], [("A.", None), ("Yes.", None), ("B.", None)]),
        ([heard("A."), said("B.")], [("B.", None)]),
    ],
)
def test_clauses_make_one_turn_until_it_is_heard_or_answered(
    data: list[EventData], turns: list[tuple[object, object]]
) -> None:
    assert texts(*data) == turns


def test_an_event_taken_twice_changes_nothing() -> None:
    folded = CallFold("call")
    for event in ready_buyer():
        folded.apply(event)
    folded.saved()
    for event in ready_buyer():
        folded.apply(event)
    assert folded.changed() == {}


def test_only_changed_rows_are_written_again() -> None:
    folded = CallFold("call")
    events = ready_buyer()
    for event in events[:-1]:
        folded.apply(event)
    folded.saved()
    folded.apply(events[-1])
    assert list(folded.changed()) == [tables.calls]


def test_a_conversation_that_is_no_call_has_no_rows() -> None:
    folded = CallFold("chat")
    for event in numbered(YES, Ended(outcome="qualified", reason="done")):
        folded.apply(event)
    assert folded.changed() == {}
    assert (folded.seq, folded.ended) == (2, True)


def test_an_opt_out_suppresses_the_number() -> None:
    (row,) = fold(Answered(), OptedOut(quote="stop calling"))[tables.suppressions]
    assert (row["phone"], row["reason"]) == (PHONE, "stop calling")


def test_a_call_back_and_a_transfer() -> None:
    rows = fold(FollowUp(at=BEGAN, urgency="high"), Transferred())
    assert rows[tables.follow_ups][0]["lead_id"] == rows[tables.leads][0]["id"]
    assert rows[tables.calls][0]["transferred_at"] is not None


def test_a_held_time_does_not_replace_a_booked_one() -> None:
    held = Appointment(action="held", start=BEGAN, zone="UTC", place="there")
    assert fold(held)[tables.appointments][0]["status"] == "held"
    assert fold(VIEWING, held)[tables.appointments][0]["status"] == "booked"
    assert fold(VIEWING, held.model_copy(update={"action": "moved"}))[tables.appointments][0]["place"] == "there"
