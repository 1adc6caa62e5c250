"""The guard: nothing is said that the lead and the plan don't hold."""

from __future__ import annotations

import pytest

from agents.guard import Grounds, refusal, to_the_lead

PLANNED = "Thank you. How many bedrooms do you need?"


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("two bedrooms would be perfect", "Two bedrooms, thank you."),
        ("around four hundred thousand", "Around four hundred thousand dollars, understood."),
        ("around $400,000", "Around four hundred thousand dollars, understood."),
        ("somewhere in Riverside, ideally", "Riverside, lovely."),
        ("we have a dog", "With a dog, noted."),
        ("well, go on", "Great, thanks for your time."),
        ("I'm unsure", "I understand, there's no hurry."),
    ],
)
def test_what_was_said_may_be_summed_up(said: str, text: str) -> None:
    assert refusal(text, Grounds(said, PLANNED)) is None


@pytest.mark.parametrize(
    ("said", "text", "reason"),
    [
        ("two bedrooms", "", "empty"),
        ("two bedrooms", "...", "empty"),
        ("two bedrooms", "Would you like a garden too?", "question"),
        ("two bedrooms", "**Two bedrooms**, thanks.", "markup"),
        ("two bedrooms", "Caller: two bedrooms.", "markup"),
        ("two bedrooms", "See www.homes.example, thanks.", "markup"),
        ("two bedrooms", "Two bedrooms, and I'll send you an offer.", "voice"),
        ("two bedrooms", "Two bedrooms, we have plenty of those.", "voice"),
        ("two bedrooms", "Two bedrooms are available right now.", "commits"),
        ("two bedrooms", "Two bedrooms at the best price.", "commits"),
        ("two bedrooms", "Two bedrooms, and a discount is guaranteed.", "commits"),
        ("two bedrooms", "Three bedrooms, thank you.", "number"),
        ("around $400,000", "Around $450,000, understood.", "number"),
        ("in Riverside", "Riverside, close to Springfield, lovely.", "name"),
        ("no, not yet", "No, not yet.", "repeats"),
        ("two bedrooms", "Two bedrooms " + "and more " * 10 + "thanks.", "long"),
    ],
)
def test_what_nobody_said_is_refused(said: str, text: str, reason: str) -> None:
    refused = refusal(text, Grounds(said, PLANNED))
    assert refused is not None
    assert reason in refused


def test_a_word_of_an_example_is_parroted_unless_the_lead_said_it_too() -> None:
    examples = frozenset(("husband", "boston"))
    assert "husband" in (refusal("Your husband decides, of course.", Grounds("I'm unsure", PLANNED, examples)) or "")
    assert refusal("Your husband decides, of course.", Grounds("my husband decides", PLANNED, examples)) is None


@pytest.mark.parametrize(
    ("text", "turned"),
    [
        ("I'm already pre-approved.", "You're already pre-approved."),
        ("We want three rooms and we've got a dog.", "You want three rooms and you've got a dog."),
        ("My wife and I\u2019d like that.", "Your wife and you'd like that."),
        ("Thanks, I understand.", "Thanks, I understand."),
        ("Two bedrooms, thank you.", "Two bedrooms, thank you."),
    ],
)
def test_the_leads_first_person_becomes_the_second(text: str, turned: str) -> None:
    assert to_the_lead(text) == turned


def test_a_promise_stays_a_promise_when_it_is_turned() -> None:
    assert refusal(to_the_lead("I'll call you tomorrow."), Grounds("fine", PLANNED)) is not None
