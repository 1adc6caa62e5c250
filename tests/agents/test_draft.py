"""Where a reply's words come from: the model, or the playbook where the model is late, down or wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import pytest

from domain.errors import ModelUnavailable, StorageFailed
from domain.turn import Draft, Reply, Utterance
from llm.chat import Message
from tests.agents.support import Talk
from tests.fakes.calendar import MemoryCalendar
from tests.fakes.llm import Scripted, ScriptedChat

MakeTalk = Callable[..., Talk]
QUESTION = "How many bedrooms do you need?"


async def asked_for_area(talk: MakeTalk, model: ScriptedChat, *, deadline_s: float = 5.0) -> Talk:
    """Return a conversation whose next reply the model words."""
    call = talk(model=model, deadline_s=deadline_s)
    await call.begin()
    await call.say("Sure, go ahead.")
    return call


async def drafted(call: Talk, text: str = "Somewhere in Riverside, ideally.") -> Draft:
    return await call.conversation.propose(Utterance(text))


async def replies_of(draft: Draft) -> list[Reply]:
    return [reply async for reply in draft.replies()]


def blocked_model() -> tuple[ScriptedChat, asyncio.Event]:
    """Return a model that hangs in its second answer, and the event that says when."""
    started = asyncio.Event()

    def say(_: Sequence[Message]) -> str:
        started.set()
        return "Riverside, great."

    return ScriptedChat(["Thank you.", Scripted(say, gate=asyncio.Event())]), started


async def test_the_model_words_what_comes_before_the_question(talk: MakeTalk) -> None:
    model = ScriptedChat(["Great, thanks for your time.", "Riverside, that sounds lovely. Riverside is great."])
    call = await asked_for_area(talk, model)
    replies = await replies_of(await drafted(call))
    assert [(reply.text, reply.wording) for reply in replies] == [
        ("Riverside,", "model"),
        ("that sounds lovely.", "model"),
        (QUESTION, "vetted"),
    ]
    assert not any(reply.fallback for reply in replies)


async def test_the_first_clause_is_said_before_the_rest_is_there(talk: MakeTalk) -> None:
    model = ScriptedChat(["Thank you.", Scripted("Near Riverside, that sounds lovely.", delay_s=0.02)])
    call = await asked_for_area(talk, model)
    replies = (await drafted(call)).replies()
    assert (await anext(replies)).text == "Near Riverside,"
    assert model.running == 1
    assert (await anext(replies)).text == "that sounds lovely."


@pytest.mark.parametrize("rest", ["that is a great discount.", "which one is it?", "we'll send you an email."])
async def test_a_refused_rest_is_left_out(talk: MakeTalk, rest: str) -> None:
    call = await asked_for_area(talk, ScriptedChat(["Thank you.", f"Near Riverside, {rest}"]))
    replies = await replies_of(await drafted(call))
    assert replies[0].text == "Near Riverside,"
    assert replies[-1].text == QUESTION
    assert not any(word in reply.text for reply in replies for word in ("discount", "email"))


async def test_a_rest_that_fails_is_left_out(talk: MakeTalk) -> None:
    failing = Scripted("Near Riverside, that sounds lovely.", fails=ModelUnavailable("gone"), fails_after=3)
    call = await asked_for_area(talk, ScriptedChat(["Thank you.", failing]))
    replies = await replies_of(await drafted(call))
    assert [(reply.text, reply.wording) for reply in replies] == [("Near Riverside,", "model"), (QUESTION, "vetted")]


async def test_the_prompt_is_a_stable_prefix_and_a_short_end(talk: MakeTalk) -> None:
    model = ScriptedChat(otherwise="Thank you.")
    call = await asked_for_area(talk, model)
    await replies_of(await drafted(call))
    assert model.warmed[0] == model.requests[0][0][:-1] == model.requests[1][0][:-1]
    assert model.requests[1][0][-1].content == "[Which area are you looking in?] Somewhere in Riverside, ideally."


async def test_the_model_knows_only_what_was_heard(talk: MakeTalk) -> None:
    model = ScriptedChat(otherwise="Thank you.")
    call = await asked_for_area(talk, model)
    call.conversation.heard("Great. Which")
    await replies_of(await drafted(call))
    assert model.requests[-1][0][-1].content == "[Which] Somewhere in Riverside, ideally."


@pytest.mark.parametrize(
    "scripted",
    [
        Scripted(fails=ModelUnavailable("down")),
        "We have three homes in Riverside for $300,000.",
        "Which part of Riverside?",
        "I'll send you an email about Riverside.",
        "LEAD: Riverside PLAN: thanks",
        "**Riverside**, noted.",
        "Riverside is near Boston.",
        "",
    ],
)
async def test_the_vetted_line_stands_in(talk: MakeTalk, scripted: Scripted | str) -> None:
    call = await asked_for_area(talk, ScriptedChat(["Thank you.", scripted]))
    first, second = await replies_of(await drafted(call))
    assert (first.text, first.wording, first.fallback) == ("Thanks, got it.", "vetted", True)
    assert second.text == QUESTION


async def test_a_late_model_is_not_waited_for(talk: MakeTalk) -> None:
    model = ScriptedChat(["Thank you.", Scripted("Riverside, great.", gate=asyncio.Event())])
    call = await asked_for_area(talk, model, deadline_s=0.05)
    draft = await drafted(call)
    assert [reply.wording for reply in await replies_of(draft)] == ["vetted", "vetted"]
    assert model.running == 0
    assert draft.times.first_clause_ms is not None
    assert draft.times.first_clause_ms >= 45


async def test_the_model_stops_after_its_first_sentence(talk: MakeTalk) -> None:
    model = ScriptedChat(["Thank you.", "Riverside, great. And so on and on."])
    call = await asked_for_area(talk, model)
    await replies_of(await drafted(call))
    assert model.cancelled >= 1


async def test_discarding_stops_the_model(talk: MakeTalk) -> None:
    model, started = blocked_model()
    call = await asked_for_area(talk, model)
    draft = await drafted(call)
    speaking = asyncio.create_task(replies_of(draft))
    await started.wait()
    await draft.discard()
    await draft.discard()
    assert await speaking == []
    assert model.running == 0


async def test_cancelling_the_listener_stops_the_model(talk: MakeTalk) -> None:
    model, started = blocked_model()
    call = await asked_for_area(talk, model)
    speaking = asyncio.create_task(replies_of(await drafted(call)))
    await started.wait()
    speaking.cancel()
    await asyncio.gather(speaking, return_exceptions=True)
    assert speaking.cancelled()
    assert model.running == 0


@pytest.mark.parametrize("text", ["Stop calling me.", "Are you a robot?", "Wrong number.", "Let me talk to a person."])
async def test_what_must_never_be_wrong_is_never_given_to_the_model(talk: MakeTalk, text: str) -> None:
    model = ScriptedChat(otherwise="Hello there.")
    call = await asked_for_area(talk, model)
    before = len(model.requests)
    assert {reply.wording for reply in await replies_of(await drafted(call, text))} == {"vetted"}
    assert len(model.requests) == before


async def test_a_model_that_is_away_while_it_rings_costs_only_its_words(talk: MakeTalk) -> None:
    call = talk(model=ScriptedChat(healthy=False))
    await call.begin()
    assert (await call.say("Sure")).startswith("Great.")
    assert [reply.fallback for reply in call.last] == [True, True]


async def about_to_book(talk: MakeTalk, **parts: object) -> tuple[Talk, Draft]:
    call = talk(**parts)
    await call.begin()
    await call.says("Can I see one tomorrow at three?")
    return call, await call.conversation.propose(Utterance("Yes, please."))


async def test_a_confirmation_is_not_said_before_the_slot_is_taken(talk: MakeTalk) -> None:
    call, draft = await about_to_book(talk)
    saying = asyncio.create_task(replies_of(draft))
    await asyncio.sleep(0.01)
    assert not saying.done()
    assert not call.calendar.holders
    await draft.commit()
    assert "You're booked" in (await saying)[0].text
    assert len(call.calendar.holders) == 1


async def test_a_booking_that_is_discarded_says_and_takes_nothing(talk: MakeTalk) -> None:
    call, draft = await about_to_book(talk)
    saying = asyncio.create_task(replies_of(draft))
    await draft.discard()
    await draft.commit()
    assert await saying == []
    assert not call.calendar.holders


async def test_a_booking_that_fails_says_nothing(talk: MakeTalk) -> None:
    call, draft = await about_to_book(talk)
    saying = asyncio.create_task(replies_of(draft))
    call.calendar.fails = True
    with pytest.raises(StorageFailed):
        await draft.commit()
    assert await saying == []


class SlowCalendar(MemoryCalendar):
    """Books only once `gate` is set."""

    gate = asyncio.Event()

    async def book(self, slot: object, *, conversation_id: str) -> bool:
        await self.gate.wait()
        return await super().book(slot, conversation_id=conversation_id)  # type: ignore[arg-type]


async def test_a_commit_under_way_ends_even_when_its_caller_is_cancelled(talk: MakeTalk) -> None:
    calendar = SlowCalendar()
    calendar.gate = asyncio.Event()
    call, draft = await about_to_book(talk, calendar=calendar)
    committing = asyncio.create_task(draft.commit())
    await asyncio.sleep(0)
    committing.cancel()
    await asyncio.gather(committing, return_exceptions=True)
    following = asyncio.create_task(call.conversation.propose(Utterance("Thanks, bye.")))
    calendar.gate.set()
    await following
    assert len(calendar.holders) == 1
    assert len(call.events("appointment")) == 1


async def test_a_failure_that_nobody_waits_for_changes_nothing(talk: MakeTalk) -> None:
    call, draft = await about_to_book(talk)
    call.calendar.fails = True
    committing = asyncio.create_task(draft.commit())
    await asyncio.sleep(0)
    committing.cancel()
    await asyncio.gather(committing, return_exceptions=True)
    call.calendar.fails = False
    assert "You're booked" in await call.say("Yes, please.")
