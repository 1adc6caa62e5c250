"""What one turn must not do: note what nobody said, apologise for nothing, take a time to call for a fact."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.agents.support import PHONE, Talk

MakeTalk = Callable[..., Talk]
WAY = ("Sure", "Riverside", "Two bedrooms", "400 thousand", "Within two months", "I'm pre-approved", "The first one")


@pytest.mark.parametrize("turns", range(len(WAY) + 1))
async def test_an_opt_out_ends_the_call_at_every_turn(talk: MakeTalk, turns: int) -> None:
    call = talk()
    await call.begin()
    await call.says(*WAY[:turns])
    answer = await call.say("Yes. But take me off your list and don't call again.")
    assert "we won't call you again" in answer
    assert call.ended
    assert list(call.suppressions.reasons) == [PHONE]
    assert not call.calendar.holders
    assert await call.close() == "opted_out"


async def test_a_correction_is_no_misunderstood_answer(talk: MakeTalk) -> None:
    call = talk()
    await call.begin()
    answer = await call.says("Sure", "Riverside", "Two", "No, I meant Lakeside")
    assert answer.endswith("And what budget do you have in mind?")
    assert "Sorry" not in answer


async def test_nothing_is_noted_where_nothing_was_said(talk: MakeTalk) -> None:
    call = talk()
    await call.begin()
    assert await call.says("Sure", "Well.", "Well, well.") in {
        f"{line} How many bedrooms do you need?" for line in call.playbook.lines.reassurances
    }


async def test_a_yes_is_thanked_for(talk: MakeTalk) -> None:
    call = talk()
    await call.begin()
    assert await call.says("Are you a robot?", "Okay, fine.") in {
        f"{line} Which area are you looking in?" for line in call.playbook.lines.agreements
    }


async def test_a_time_to_call_is_no_fact(talk: MakeTalk) -> None:
    call = talk()
    await call.begin()
    assert await call.says("I'm busy", "Next week") == "What day and time would suit you better?"
    assert call.slots() == {}
    await call.say("Tuesday at four")
    assert await call.close() == "callback_scheduled"


async def test_a_hurry_is_an_answer_where_one_asks_how_soon(talk: MakeTalk) -> None:
    call = talk()
    await call.begin()
    await call.says("Sure", "Riverside", "Two", "400k", "We're in a bit of a rush")
    assert call.slots()["timeline"] == "now"
    assert not call.ended


async def test_a_moment_is_waited_for(talk: MakeTalk) -> None:
    call = talk()
    await call.begin()
    await call.say("Sure")
    assert await call.say("Hold on a second") == "Of course, take your time."
    assert (await call.say("Somewhere in Riverside")).endswith("How many bedrooms do you need?")


async def test_a_hello_is_answered(talk: MakeTalk) -> None:
    call = talk()
    await call.begin()
    assert await call.say("Hello?") == "Yes, I'm here. Do you have two minutes?"


async def test_a_calendar_that_cannot_be_read_costs_no_call(talk: MakeTalk) -> None:
    call = talk()
    call.calendar.fails = True
    assert (await call.begin()).startswith("Hi Sam")


async def test_my_name_is_no_time(talk: MakeTalk) -> None:
    call = talk()
    await call.begin()
    assert (await call.say("Yes, you can call me Sam")).endswith("Which area are you looking in?")
