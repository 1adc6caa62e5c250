"""What the model's words may not do."""

from __future__ import annotations

import pytest

from agents.guard import Grounds, content_words, refusal, to_the_lead
from agents.playbook import Playbook
from agents.wording import example_words, load_prompt

GROUNDS = Grounds(
    said="Somewhere near Riverside, around four hundred thousand dollars.",
    planned="Thank you. How many bedrooms do you need?",
    example_words=frozenset(("boston", "guests")),
)


@pytest.mark.parametrize(
    "text",
    [
        "Near Riverside, that sounds good.",
        "Around four hundred thousand dollars, noted.",
        "Around $400,000, got it.",
        "Thank you.",
        "I understand, near Riverside.",
        "I'm glad to hear that.",
    ],
)
def test_what_may_be_said(text: str) -> None:
    assert refusal(text, GROUNDS) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("...", "empty"),
        ("word " * 17, "too long"),
        ("Near Riverside?", "question"),
        ("*Riverside* it is.", "markup"),
        ("PLAN: Riverside", "markup"),
        ("See www.riverside.com", "markup"),
        ("We are happy.", "the lead's voice"),
        ("My budget is noted.", "the lead's voice"),
        ("That is a great discount.", "commits"),
        ("It is available now.", "commits"),
        ("You can see it.", "commits"),
        ("As an AI, noted.", "commits"),
        ("Somewhere near Riverside, around four hundred thousand dollars", "repeats the lead"),
        ("Around five hundred thousand dollars, noted.", "a number nobody said"),
        ("Three bedrooms, noted.", "a number nobody said"),
        ("Near Boston, noted.", "parrots"),
        ("Lots of guests, noted.", "parrots"),
        ("Thanks for that, Mister Miller.", "a name nobody said"),
    ],
)
def test_what_may_not_be_said(text: str, reason: str) -> None:
    assert reason in (refusal(text, GROUNDS) or "")


def test_the_leads_own_words_are_turned_round() -> None:
    assert to_the_lead("I'm pre-approved already.").startswith("You're")
    assert to_the_lead("Near Riverside, thanks.") == "Near Riverside, thanks."
    assert to_the_lead("My budget, thank you.") == "Your budget, thank you."
    assert to_the_lead("Who gave you my number") == "Who gave you my number"


def test_courtesies_are_no_content() -> None:
    assert content_words("Thank you, Boston is great") == {"boston"}


def test_the_shipped_prompt_keeps_its_own_rules(playbook: Playbook) -> None:
    prompt = load_prompt(playbook)
    assert prompt.version.isdigit()
    assert prompt.prefix[0].role == "system"
    assert "{" not in prompt.prefix[0].content
    pairs = list(zip(prompt.prefix[1::2], prompt.prefix[2::2], strict=True))
    assert len(pairs) >= 3
    assert {(asked.role, answer.role) for asked, answer in pairs} == {("user", "assistant")}
    for asked, answer in pairs:
        assert refusal(answer.content, Grounds(asked.content, "", frozenset())) is None, answer.content
    assert example_words(prompt)


def test_what_varies_is_short_and_last(playbook: Playbook) -> None:
    prompt = load_prompt(playbook)
    long = prompt.request(question="word " * 40, said="other " * 80)
    assert long[:-1] == list(prompt.prefix)
    assert len(long[-1].content.split()) <= 44
    assert prompt.request(question="", said="Hello")[-1].content == "Hello"
