"""Personas: their file's errors, and what those that ship say to an agent of many wordings."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from domain.errors import InvalidFile
from domain.phone import parse_phone
from simulator.persona import Persona, at_pause
from simulator.persona_file import load_persona
from tests.simulator.support import persona

SHIPPED = Path(__file__).parents[2] / "config" / "personas"

GOOD = """\
name: someone
phone: "+14155550199"
answers:
  - when: area
    say: Riverside.
  - when: budget
    audio: budget.wav
expect:
  outcome: qualified
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "persona.yaml"
    path.write_text(text)
    return path


def test_audio_is_found_beside_the_file(tmp_path: Path) -> None:
    loaded = load_persona(written(tmp_path, GOOD))
    assert loaded.answers[1].audio == str(tmp_path / "budget.wav")
    assert loaded.greeting == "Hello?"


@pytest.mark.parametrize(
    ("old", "new", "line", "field"),
    [
        ("when: area", 'when: "area("', 4, "answers.0.when"),
        ("say: Riverside.", "shout: Riverside.", 5, "answers.0.shout"),
        ("audio: budget.wav", "audio: budget.wav\n    say: Both.", 6, "answers.1"),
        ("say: Riverside.", "say: Riverside.\n    pause_ms: 500", 4, "answers.0"),
        ("outcome: qualified", "outcome: delighted", 9, "expect.outcome"),
        ("expect:\n  outcome: qualified\n", "", 1, "expect"),
        ('"+14155550199"', '"none"', 2, "phone"),
        ("name: someone", "name: someone\nvoice: agent", 2, "voice"),
    ],
)
def test_errors_name_line_and_field(tmp_path: Path, old: str, new: str, line: int, field: str) -> None:
    path = written(tmp_path, GOOD.replace(old, new))
    with pytest.raises(InvalidFile) as caught:
        load_persona(path)
    assert (caught.value.line, caught.value.field) == (line, field)
    assert str(caught.value).startswith(f"{path}:{line}: {field}: ")


@pytest.mark.parametrize(
    ("text", "line"), [("name: [", 2), ("- a\n", 1), ("", 1), ("name: !!python/object:os.x {}\n", 1)]
)
def test_files_that_are_no_mapping_are_refused(tmp_path: Path, text: str, line: int) -> None:
    with pytest.raises(InvalidFile) as caught:
        load_persona(written(tmp_path, text))
    assert caught.value.line in (line, line - 1)


def test_missing_and_unreadable_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidFile, match="no such file"):
        load_persona(tmp_path / "none.yaml")
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(InvalidFile, match="not UTF-8"):
        load_persona(binary)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Yes. I do.", ("Yes.", "I do.")),
        ("Well, no.", ("Well,", "no.")),
        ("I think... two.", ("I think...", "two.")),
        ("Hm… two.", ("Hm…", "two.")),
        ("It is 2.5 rooms.", None),
        ("Nothing.", None),
    ],
)
def test_pause_is_at_the_first_stop_inside(text: str, parts: tuple[str, str] | None) -> None:
    assert at_pause(text) == parts


def test_unknown_fields_are_refused() -> None:
    with pytest.raises(ValidationError, match="mood"):
        persona(mood="good")


def said(lead: Persona, agent: str) -> str | None:
    """Return what `lead` says to `agent`, None when it hangs up."""
    if lead.hangs_up_on(agent):
        return None
    return next((answer.say for answer in lead.answers if answer.matches(agent)), lead.otherwise)


@pytest.mark.parametrize(
    ("agent", "word"),
    [
        ("Hi, this is Ava, an AI assistant calling for Harbor Homes. Do you have a minute to talk?", "go ahead"),
        ("This is Mia, an AI assistant calling for Riverside Realty. Are you still looking for a home?", "still"),
        ("This is Ava, an AI assistant calling for Harbor Homes. Which area are you looking in?", "Riverside"),
        ("What part of town would suit you best?", "Riverside"),
        ("Riverside is a great area. How many bedrooms do you need?", "Two bedrooms"),
        ("Got it, two bedrooms. What's your budget?", "four hundred"),
        ("And what price range do you have in mind for a two bedroom in Riverside?", "four hundred"),
        ("How soon would you like to move?", "two months"),
        ("When are you hoping to move in?", "two months"),
        ("Are you looking to buy or to rent?", "buy"),
        ("Do you have financing in place, or would you need a mortgage?", "pre-approved"),
        ("Have you been pre-approved for a loan?", "pre-approved"),
        ("I can offer Tuesday, November 24th at 10 a.m. or Wednesday at 3 p.m. Which works best for you?", "first"),
        ("I have Tuesday at ten or Wednesday at three. Which one suits you?", "first"),
        ("Would you like to come and see a place this week?", "love to"),
        ("Does Tuesday at 10 work for you?", "works"),
        ("So that's Tuesday the 24th at 10 a.m. at 12 River Road. Is that correct?", "that's right"),
        ("Just to confirm, Tuesday at ten in the morning. Shall I book it?", "that's right"),
        ("Let me check.", ""),
        ("You are booked. Thank you, and goodbye.", None),
    ],
)
def test_ready_buyer_answers_what_was_asked(agent: str, word: str | None) -> None:
    answer = said(load_persona(SHIPPED / "ready_buyer.yaml"), agent)
    assert answer is None if word is None else answer is not None and word in answer


def test_the_others_say_their_piece_and_hang_up() -> None:
    opening = "Hi, this is Ava, an AI assistant calling for Harbor Homes. Do you have a minute?"
    refusing, busy = load_persona(SHIPPED / "not_interested.yaml"), load_persona(SHIPPED / "busy.yaml")
    assert said(refusing, opening) == "I'm not interested. Please stop calling me."
    assert said(refusing, "I'm sorry. I've taken you off our list, you won't hear from us again.") is None
    assert said(busy, opening) == "I'm busy right now, can you call me tomorrow at half past three?"
    assert said(busy, "Tomorrow at half past three it is. Goodbye.") is None


def test_shipped_personas_have_numbers_of_their_own() -> None:
    leads = [load_persona(path) for path in sorted(SHIPPED.glob("*.yaml"))]
    assert [lead.name for lead in leads] == ["busy", "not_interested", "ready_buyer"]
    assert len({lead.phone for lead in leads}) == 3
    assert all(parse_phone(lead.phone) == lead.phone for lead in leads)
    assert {lead.expect.outcome for lead in leads} == {"callback_scheduled", "opted_out", "appointment_booked"}
