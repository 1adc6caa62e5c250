"""The shipped playbook, and errors with file, line and field."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from agents.conversation import standing_lines
from agents.playbook import Playbook, load_playbook
from agents.speech_text import speakable
from domain.errors import InvalidFile
from settings.places import playbook_file

SHIPPED = playbook_file("real_estate")


@pytest.mark.parametrize(
    ("old", "new", "field", "reason"),
    [
        ("threshold: 50", "threshold: 500", "qualification.threshold", "100"),
        ("zone: America/Los_Angeles", "zone: Mars/Base", "calendar.zone", "no time zone"),
        ("slot: bedrooms\n      ask", "slot: bedrums\n      ask", None, "'bedrums' is not among slots"),
        ("repeat: Of course.", "repeat: Of {course}.", "lines.repeat", "no placeholder is named 'course'"),
        ("repeat: Of course.", "repeat: Of {course.", "lines.repeat", "no line with placeholders"),
        ("'\\bcash\\b'", "'\\bcash('", "slots.financing.values.cash[0]", "no regular expression"),
        ('opens: "08:00"', 'opens: "21:00"', "calling", "closes must be after opens"),
        ("kind: money", "kind: count", "slots.budget", "a count needs units"),
        ("kind: money", "kind: choice", "slots.budget", "a choice needs values"),
        ("kind: money", "kind: offer", "slots.budget", "an offer needs accepted_by"),
        ("{points: 1, matches: '.'}", "{points: 1}", None, "either matches or at_least"),
        ("language: en", "tongue: en", "tongue", "not permitted"),
    ],
)
def test_an_error_names_line_and_field(tmp_path: Path, old: str, new: str, field: str | None, reason: str) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "broken.yaml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InvalidFile) as caught:
        load_playbook(file)
    assert reason in str(caught.value)
    assert "broken.yaml" in str(caught.value)
    if field is not None:
        assert field in str(caught.value)


def test_an_attempt_needs_its_question(tmp_path: Path) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    file = tmp_path / "broken.yaml"
    file.write_text(text.replace("    question: Would it help to see one home with us anyway?\n", ""), encoding="utf-8")
    with pytest.raises(InvalidFile, match="come together"):
        load_playbook(file)


def test_every_line_can_be_said(playbook: Playbook) -> None:
    for line in standing_lines(playbook):
        assert "{" not in line
        assert line == speakable(line)
        assert len(line.split()) <= 40, line


def test_standing_lines_are_what_is_really_said(playbook: Playbook) -> None:
    lines = standing_lines(playbook)
    assert "Which area are you looking in?" in lines
    assert "Shall we go on?" in lines
    assert any(line.startswith("Understood. I've taken your number") for line in lines)
    assert not any("booked for" in line for line in lines)


def test_the_disclosure_is_in_the_opening(playbook: Playbook) -> None:
    assert "{disclosure}" in playbook.lines.opening
    assert "{company}" in playbook.lines.opening


OBJECTIONS = {
    "price": ["It's too expensive", "We can't afford that", "That's out of our budget"],
    "timing": ["It's too early for us", "I'm not ready yet"],
    "trust": ["Is this a scam?", "I don't trust this"],
    "has_agent": ["I already have an agent", "We're working with a realtor"],
    "not_decision_maker": ["I have to talk to my wife first", "My husband decides that"],
    "just_looking": ["I'm just looking", "Just browsing, really"],
    "send_email": ["Can you send me an email?", "Just email me something"],
    "bad_experience": ["I had a terrible experience with you last year"],
    "competitor": ["I'm using Zillow", "I'm already talking to another agency"],
}


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in OBJECTIONS.items() for text in texts])
def test_objections_are_told_by_kind(understood: Callable[[str], str | None], kind: str, text: str) -> None:
    assert understood(text) == kind


@pytest.mark.parametrize("text", ["Two bedrooms", "Yes, that's right", "Around four hundred thousand", "Riverside"])
def test_answers_are_no_objections(understood: Callable[[str], str | None], text: str) -> None:
    assert understood(text) is None


@pytest.fixture
def understood(playbook: Playbook) -> Callable[[str], str | None]:
    """Return the objection in a text."""
    from datetime import UTC, datetime

    from agents.understanding.understand import understand
    from domain.turn import Expects, Utterance

    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    return lambda text: understand(Utterance(text), playbook, now, asked=None, expects=Expects.OPEN).objection
