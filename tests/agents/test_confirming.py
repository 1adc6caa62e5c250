"""A time is booked by a plain yes to what was read back, and by nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.agents.support import Talk

MakeTalk = Callable[..., Talk]
ALL = "We want two bedrooms in Riverside for about 400 thousand, within two months, and I'm pre-approved."


async def read_back(talk: Talk) -> Talk:
    """Return a conversation in which Monday at three was just read back."""
    await talk.begin()
    assert "So that's Monday, November twenty-third, at three" in await talk.says(ALL, "The first one")
    return talk


@pytest.mark.parametrize(
    "text",
    ["Yes", "Yes, that's right.", "Yeah, book it.", "Perfect.", "Yes, Monday at three.", "Okay, please do.", "Yes?"],
)
async def test_a_plain_yes_books(talk: MakeTalk, text: str) -> None:
    call = await read_back(talk())
    await call.say(text)
    assert call.ended
    assert len(call.calendar.holders) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Yes, but on Friday",
        "No, book Friday instead",
        "Yes, but not Monday",
        "Yes, but can we do later?",
        "Okay, but let me check my calendar",
        "Right now I can't say",
        "I have a meeting then",
        "I'd like to change it",
        "Yes, I guess, I'm not sure",
        "Yes, where is it?",
        "Okay, one moment",
        "Sure, at four",
        "Please no",
        "Are you there?",
    ],
)
async def test_anything_less_books_nothing(talk: MakeTalk, text: str) -> None:
    call = await read_back(talk())
    await call.say(text)
    assert not call.ended
    assert not call.calendar.holders


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Yes, but on Friday at two", "Friday, November twenty-seventh, at two in the afternoon"),
        ("No, book Friday at four instead", "Friday, November twenty-seventh, at four in the afternoon"),
        ("No, I meant Thursday at ten", "Thursday, November twenty-sixth, at ten in the morning"),
        ("Actually, make it four", "Monday, November twenty-third, at four in the afternoon"),
    ],
)
async def test_another_time_is_read_back_before_it_is_booked(talk: MakeTalk, text: str, read: str) -> None:
    call = await read_back(talk())
    assert f"So that's {read}" in await call.say(text)
    assert not call.calendar.holders
    assert f"You're booked for {read}" in await call.say("Yes")


async def test_another_day_without_a_time_is_offered(talk: MakeTalk) -> None:
    call = await read_back(talk())
    assert "I have Thursday at ten in the morning, or Thursday at two" in await call.say("No, I meant Thursday")


async def test_later_means_later_than_what_was_read_back(talk: MakeTalk) -> None:
    call = await read_back(talk())
    assert "today at four in the afternoon" in await call.say("Yes, but can we do later?")


async def test_the_earlier_one_is_no_one_o_clock(talk: MakeTalk) -> None:
    call = talk()
    await call.begin()
    assert "So that's Monday, November twenty-third, at three" in await call.says(ALL, "The earlier one")


async def test_a_day_without_times_keeps_the_hour(talk: MakeTalk) -> None:
    call = talk()
    await call.begin()
    assert "today at three in the afternoon, or tomorrow at three" in await call.says(ALL, "Sunday at three")


async def test_when_to_move_is_no_wish_for_the_viewing(talk: MakeTalk) -> None:
    call = talk()
    await call.begin()
    answer = await call.say("I need a home in Riverside, two bedrooms, 400k, cash, next spring")
    assert "For a viewing, I have today at three" in answer


@pytest.mark.parametrize("text", ["Yes.", "No.", "Hmm."])
async def test_who_names_no_time_is_let_go(talk: MakeTalk, text: str) -> None:
    call = talk()
    await call.begin()
    await call.says(ALL, text, text, text)
    assert not call.ended
    await call.say(text)
    assert call.ended
    assert await call.close() == "qualified"


async def test_a_yes_to_two_times_asks_for_one_in_other_words(talk: MakeTalk) -> None:
    call = talk()
    await call.begin()
    assert (await call.says(ALL, "Yes")).endswith("Would one of those work for you?")


async def test_times_of_a_viewing_are_those_of_its_place(talk: MakeTalk) -> None:
    """It is Tuesday in Sydney while it is Monday at the office."""
    call = talk(zone="Australia/Sydney")
    await call.begin()
    answer = await call.say("I'd like to book a viewing tomorrow at three")
    assert "Tuesday, November twenty-fourth, at three in the afternoon, local time" in answer
