"""What a voice says: no markup, no ids, no digit, at most 150 words."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta

import pytest

from agents.speech_text import MAX_WORDS, number_words, ordinal_words, speakable, spoken_day, spoken_moment, spoken_time


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("It costs $450k, **really**.", "It costs four hundred fifty thousand dollars, really."),
        ("See [our page](http://x.y/z) or www.a.b", "See our page or"),
        ("Write to a.b@c.de, please.", "Write to please."),
        ("at 3:30 pm on 2026-11-24", "at three thirty in the afternoon on November twenty-fourth"),
        ("7 a.m. or 12:00", "seven in the morning or noon"),
        ("on 2026-13-45", "on two zero two six one three four five"),
        ("3.5% of 1,200", "three point five percent of one thousand two hundred"),
        ("the 24th and the 3rd", "the twenty-fourth and the third"),
        ("$99.50", "ninety-nine dollars and fifty cents"),
        ("$3,000,000,000", "three zero zero zero zero zero zero zero zero zero dollars"),
        ("call 415-555-0101", "call four one five five five five zero one zero one"),
        ("unit B12 or 007", "unit B twelve or zero zero seven"),
        ("id 6f0b1f4e-5a0c-5d0e-9d55-0f5d5b3f6c11 done", "id done"),
        ("call CA0123456789abcdef0123456789abcdef now", "call now"),
        ("the 0th", "the zeroth"),
        ("300K or 2m", "three hundred thousand or two million"),
    ],
)
def test_text_becomes_words(text: str, spoken: str) -> None:
    assert speakable(text) == spoken


def test_nothing_unspeakable_is_left_of_any_text() -> None:
    random_ = random.Random(7)
    alphabet = "abc XYZ 0123456789 $%&*_`#[](){}<>|~\\/+=:.,!?-'@k m\n\t°"
    for _ in range(3000):
        text = "".join(random_.choice(alphabet) for _ in range(random_.randint(0, 80)))
        spoken = speakable(text)
        assert not any(char.isdigit() for char in spoken), text
        assert not set(spoken) & set("*_`#[]{}<>|~\\\n\t$%"), text
        assert "  " not in spoken
        assert speakable(spoken) == spoken, text


def test_long_text_is_cut() -> None:
    assert len(speakable("word " * 400).split()) == MAX_WORDS
    assert len(speakable("123456 " * 100).split()) == MAX_WORDS


@pytest.mark.parametrize(
    ("value", "words"),
    [(0, "zero"), (19, "nineteen"), (42, "forty-two"), (100, "one hundred"), (115, "one hundred fifteen"),
     (1_000, "one thousand"),
     (400_000, "four hundred thousand"), (1_200_030, "one million two hundred thousand thirty")],
)  # fmt: skip
def test_numbers(value: int, words: str) -> None:
    assert number_words(value) == words


def test_ordinals() -> None:
    assert [ordinal_words(day) for day in (1, 2, 3, 12, 20, 21, 30)] == (
        "first second third twelfth twentieth twenty-first thirtieth".split()
    )


@pytest.mark.parametrize(
    ("at", "words"),
    [(time(15, 30), "three thirty in the afternoon"), (time(9), "nine in the morning"), (time(12), "noon"),
     (time(18, 5), "six oh five in the evening"), (time(0), "twelve in the morning"),
     (time(12, 30), "twelve thirty in the afternoon")],
)  # fmt: skip
def test_clock_times(at: time, words: str) -> None:
    assert spoken_time(at) == words


def test_days_as_people_say_them() -> None:
    today = date(2026, 11, 23)
    days = [spoken_day(today + timedelta(days=ahead), today) for ahead in (0, 1, 3, 8)]
    assert days == ["today", "tomorrow", "Thursday", "Tuesday, December first"]
    assert spoken_day(today, today, full=True) == "Monday, November twenty-third"


def test_a_moment_in_full() -> None:
    at, now = datetime(2026, 11, 24, 15, 30), datetime(2026, 11, 23, 12)  # noqa: DTZ001  wall clocks as they are said
    assert spoken_moment(at, now, full=True) == "Tuesday, November twenty-fourth, at three thirty in the afternoon"
    assert spoken_moment(at, now) == "tomorrow at three thirty in the afternoon"
