"""After leave was taken nothing is asked any more; a change of mind still counts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.agents.support import Talk

MakeTalk = Callable[..., Talk]
ALL = "We want two bedrooms in Riverside for about 400 thousand, within two months, and I'm pre-approved."
ENDINGS = {
    "booked": (ALL, "The first one", "Yes"),
    "not interested": ("I'm not interested.",),
    "human": ("Let me talk to a human",),
    "call back": ("Call me tomorrow at four",),
    "opted out": ("Take me off your list",),
    "wrong number": ("Wrong number",),
    "cancelled": (ALL, "The first one", "Yes", "Cancel it, please"),
}
OUTCOMES = {
    "booked": "appointment_booked",
    "not interested": "not_interested",
    "human": "human_requested",
    "call back": "callback_scheduled",
    "opted out": "opted_out",
    "wrong number": "wrong_number",
    "cancelled": "qualified",
}
ASIDES = ("Okay, thanks.", "Who is this?", "What should I bring?", "Bye.", "Hello?", "Are you a robot?")


async def ended(talk: Talk, by: str) -> Talk:
    await talk.begin()
    await talk.says(*ENDINGS[by])
    assert talk.ended
    return talk


@pytest.mark.parametrize("by", ENDINGS)
@pytest.mark.parametrize("text", ASIDES)
async def test_nothing_is_asked_any_more(talk: MakeTalk, by: str, text: str) -> None:
    call = await ended(talk(), by)
    answer = await call.say(text)
    assert "?" not in answer
    assert call.ended
    assert await call.close() == OUTCOMES[by]


@pytest.mark.parametrize("by", ENDINGS)
async def test_what_was_said_last_is_said_again(talk: MakeTalk, by: str) -> None:
    call = await ended(talk(), by)
    closing = call.lines[-1][1]
    for _ in range(2):
        assert await call.say("Sorry, what was that?") == f"Of course. {closing}"


@pytest.mark.parametrize("by", ENDINGS)
async def test_silence_ends_it(talk: MakeTalk, by: str) -> None:
    call = await ended(talk(), by)
    assert "?" not in await call.silent()
    assert call.ended


async def test_a_call_back_is_corrected(talk: MakeTalk) -> None:
    call = await ended(talk(), "call back")
    assert "tomorrow at five in the evening" in await call.say("No, make it five")
    assert [event.data.at.hour for event in call.events("follow_up")] == [16, 17]  # type: ignore[union-attr]


async def test_a_booking_is_corrected_by_another_time(talk: MakeTalk) -> None:
    call = await ended(talk(), "booked")
    assert "So that's Friday, November twenty-seventh, at two" in await call.say("No wait, Friday at two")
    assert "I've moved it to Friday" in await call.say("Yes")
    assert len(call.calendar.holders) == 1


async def test_the_booked_time_said_again_changes_nothing(talk: MakeTalk) -> None:
    call = await ended(talk(), "booked")
    assert (await call.say("See you Monday at three, bye")).endswith("Goodbye.")
    assert len(call.events("appointment")) == 1


async def test_a_cancellation_that_names_the_day_cancels(talk: MakeTalk) -> None:
    call = await ended(talk(), "booked")
    assert (await call.say("Please cancel my Monday appointment")).startswith("I've cancelled")
    assert not call.calendar.holders


async def test_cancelling_for_another_day_moves(talk: MakeTalk) -> None:
    call = await ended(talk(), "booked")
    assert "So that's Friday" in await call.say("Cancel it and make it Friday at two")


async def test_who_changes_their_mind_is_offered_times(talk: MakeTalk) -> None:
    call = await ended(talk(), "not interested")
    assert "For a viewing, I have" in await call.say("Actually, I'd like to book a viewing")


async def test_an_opt_out_after_a_booking_counts(talk: MakeTalk) -> None:
    call = await ended(talk(), "booked")
    await call.say("And never call me again")
    assert call.suppressions.reasons
    assert await call.close() == "opted_out"
