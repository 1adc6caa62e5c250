"""Facts in a lead's words, by the shipped playbook."""

from __future__ import annotations

import pytest

from agents.playbook import Playbook, SlotSpec
from agents.understanding.slots import find_slots
from agents.understanding.values import SlotValue


def found(playbook: Playbook, text: str, asked: str | None = None) -> dict[str, str]:
    return {slot.name: slot.value for slot in find_slots(text, playbook.slots, asked=asked)}


def one(playbook: Playbook, text: str, name: str, asked: str | None = None) -> SlotValue:
    return next(slot for slot in find_slots(text, playbook.slots, asked=asked) if slot.name == name)


@pytest.mark.parametrize(
    ("asked", "text", "slots"),
    [
        ("area", "Somewhere in Riverside, ideally.", {"area": "Riverside"}),
        ("area", "riverside", {"area": "Riverside"}),
        ("area", "Sunnyvale.", {"area": "Sunnyvale"}),
        ("area", "I'd like to live in the San Jose area.", {"area": "San Jose"}),
        ("area", "An apartment in Napa. I need two bedrooms.", {"area": "Napa", "bedrooms": "2"}),
        ("area", "Find a Napa apartment.", {"area": "Napa"}),
        ("area", "Yes.", {}),
        ("area", "I don't know yet.", {}),
        ("area", "Not in Riverside.", {}),
        (None, "Sunnyvale.", {}),
        ("bedrooms", "Two bedrooms would be perfect.", {"bedrooms": "2"}),
        ("bedrooms", "to bedrooms", {"bedrooms": "2"}),
        ("bedrooms", "Too.", {"bedrooms": "2"}),
        ("bedrooms", "Three.", {"bedrooms": "3"}),
        ("bedrooms", "Just a bedroom", {"bedrooms": "1"}),
        ("bedrooms", "3 bedrooms and 2 baths", {"bedrooms": "3", "bathrooms": "2"}),
        ("bedrooms", "two and a half", {"bedrooms": "2"}),
        ("bedrooms", "about a hundred", {}),
        (None, "Three.", {}),
        ("budget", "Around four hundred thousand dollars.", {"budget": "400000"}),
        ("budget", "Around $400,000.", {"budget": "400000"}),
        ("budget", "four fifty", {"budget": "450000"}),
        ("budget", "half a million", {"budget": "500000"}),
        ("budget", "quarter of a million", {"budget": "250000"}),
        ("budget", "around 300k, maybe 320", {"budget": "320000"}),
        ("budget", "between three and four hundred thousand", {"budget": "400000"}),
        ("budget", "$850", {"budget": "850"}),
        ("budget", "two thousand five hundred dollars a month", {"budget": "2500"}),
        ("budget", "1.2 million", {"budget": "1200000"}),
        ("budget", "a hundred thousand", {"budget": "100000"}),
        ("budget", "thirty", {}),
        (None, "We have about 350k.", {"budget": "350000"}),
        (None, "four fifty", {}),
        ("timeline", "I'd like to move within the next two months.", {"timeline": "soon"}),
        ("timeline", "As soon as possible.", {"timeline": "now"}),
        ("timeline", "No rush, maybe next year.", {"timeline": "later"}),
        ("timeline", "two", {"timeline": "soon"}),
        (None, "two", {}),
        ("financing", "I'm already pre-approved for a mortgage.", {"financing": "approved"}),
        ("financing", "cash", {"financing": "cash"}),
        ("financing", "Not cash.", {}),
        ("financing", "No, not yet.", {"financing": "needed"}),
        (None, "No, not yet.", {}),
        (None, "We have a dog.", {"pets_allowed": "True"}),
        (None, "Do they allow pets?", {}),
        (None, "Are there any other apartments where pets are allowed?", {"pets_allowed": "True"}),
        (None, "Is it furnished?", {}),
        (None, "I'm looking to buy.", {"transaction": "buy"}),
        ("bedrooms", "Two. No wait, three bedrooms.", {"bedrooms": "3"}),
        ("bedrooms", "I meant Lakeside", {"area": "Lakeside"}),
        ("bedrooms", "Actually, two bedrooms", {"bedrooms": "2"}),
        ("bedrooms", "Two, actually.", {"bedrooms": "2"}),
        ("area", "Three bedrooms in Oakwood, up to half a million, cash", {
            "area": "Oakwood", "bedrooms": "3", "budget": "500000", "financing": "cash",
        }),
    ],
)  # fmt: skip
def test_facts(playbook: Playbook, asked: str | None, text: str, slots: dict[str, str]) -> None:
    assert found(playbook, text, asked) == slots


def test_what_is_misheard_is_less_sure(playbook: Playbook) -> None:
    sure = one(playbook, "two bedrooms", "bedrooms").confidence
    assert one(playbook, "to bedrooms", "bedrooms").confidence < sure
    assert one(playbook, "two", "bedrooms", asked="bedrooms").confidence < sure


def test_the_quote_is_in_the_words(playbook: Playbook) -> None:
    assert one(playbook, "We want two big bedrooms please", "bedrooms").quote == "two big bedrooms"


def test_a_place_without_helping_words_is_only_found_when_asked_for() -> None:
    bare = {"place": SlotSpec(kind="place", prepositions=())}
    assert find_slots("I live in Kent", bare, asked=None) == []
    assert [slot.value for slot in find_slots("Kent", bare, asked="place")] == ["Kent"]
