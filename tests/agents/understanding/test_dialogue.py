"""Written dialogues, labels ignored."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from agents.playbook import Playbook
from agents.understanding.dialogue import asked_slot, understand_dialogue
from agents.understanding.names import find_name

NOW = datetime.fromisoformat("2019-03-01T09:00:00-08:00")


def lead_turns(playbook: Playbook, *lines: tuple[str, str]) -> list[dict[str, Any]]:
    turns = [{"speaker": speaker, "text": text} for speaker, text in lines]
    result = understand_dialogue({"dialogue_id": "d", "turns": turns}, playbook, NOW)
    assert result["dialogue_id"] == "d"
    assert [(turn["speaker"], turn["text"]) for turn in result["turns"]] == list(lines)
    return [turn for turn in result["turns"] if turn["speaker"] == "lead"]


def test_facts_add_up(playbook: Playbook) -> None:
    first, second, third = lead_turns(
        playbook,
        ("lead", "I need to find a 2 bathroom apartment in Fremont."),
        ("agent", "How many bedrooms do you need?"),
        ("lead", "3, please."),
        ("agent", "Alborada Apartments at 1001 Beethoven Common has 3 bedrooms."),
        ("lead", "That sounds nice, can I see it on the 4th of March at 2 pm?"),
    )
    assert first["slots"] == {"area": ["Fremont"], "bathrooms": ["2"]}
    assert second["slots"] == {**first["slots"], "bedrooms": ["3"]}
    assert third["slots"] == {
        **second["slots"],
        "property_name": ["Alborada Apartments"],
        "visit_date": ["2019-03-04"],
        "visit_time": ["14:00"],
    }
    assert [first["intent"], third["intent"]] == ["FindApartment", "ScheduleVisit"]


def test_an_offer_that_is_refused_is_not_taken(playbook: Playbook) -> None:
    (turn,) = lead_turns(playbook, ("agent", "There is Amber Court at 3 Elm Road."), ("lead", "No, that's not good."))
    assert "property_name" not in turn["slots"]


def test_requests_end_with_a_refusal_or_a_farewell(playbook: Playbook) -> None:
    taken, refused, done = lead_turns(
        playbook,
        ("agent", "Would you like to schedule a visit?"),
        ("lead", "Yes, please."),
        ("agent", "Shall I schedule another visit?"),
        ("lead", "No, thanks."),
        ("agent", "Bye."),
        ("lead", "Thanks, that's all."),
    )
    assert [taken["intent"], refused["intent"], done["intent"]] == ["ScheduleVisit", "NONE", "NONE"]


def test_what_an_agent_asks_for(playbook: Playbook) -> None:
    assert asked_slot("How many bedrooms do you need?", playbook) == "bedrooms"
    assert asked_slot("Which area and how many bedrooms?", playbook) == "area"
    assert asked_slot("When would you like to visit?", playbook) == "visit_date"
    assert asked_slot("It has two bedrooms.", playbook) is None


def test_names_that_an_agent_offers() -> None:
    nouns = ("apartments?",)
    assert find_name("How about 888 Golden Apartments at 12 Elm Street?", nouns) == "888 Golden Apartments"
    assert find_name("It is at 1290 San Tomas Road.", nouns) is None
    assert find_name("Aegena is a nice property.", nouns) == "Aegena"
    assert find_name("Furniture is included.", nouns) is None
    assert find_name("I can recommend Amber Court.", nouns) == "Amber Court"
    assert find_name("I can recommend Fremont.", nouns, known={"Fremont"}) is None
    assert find_name("See the Maple apartments.", nouns) == "Maple apartments"
