"""Whole conversations in text, without a model: every line is the playbook's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from agents.calendar import free_slots
from domain.errors import StorageFailed
from domain.events import Verdict
from domain.ports import Slot
from domain.turn import AgentName, Expects, Utterance
from tests.agents.support import PHONE, Talk
from tests.fakes.calendar import MemoryCalendar
from tests.fakes.suppressions import MemorySuppressions

MakeTalk = Callable[..., Talk]

ANSWERS = (
    "Yeah, hi. Sure, go ahead.",
    "Somewhere in Riverside, ideally.",
    "Two bedrooms would be perfect.",
    "Around four hundred thousand dollars.",
    "I'd like to move within the next two months.",
    "I'm already pre-approved for a mortgage.",
)
OPT_OUT = "I'm not interested. Please stop calling me."


async def begun(talk: Talk) -> Talk:
    await talk.begin()
    return talk


async def offered(talk: Talk) -> Talk:
    """Return a conversation in which two times have just been offered."""
    await begun(talk)
    await talk.says(*ANSWERS)
    return talk


async def test_the_first_line_says_who_calls_that_it_is_a_machine_and_why(talk: MakeTalk) -> None:
    line = await talk().begin()
    assert line.startswith("Hi Sam, this is Ada, an AI assistant calling for Bayview Homes, because ")
    assert line.endswith("Do you have two minutes?")


@pytest.mark.parametrize("name", [None, "", "x", "R2 D2"])
async def test_nobody_is_called_by_what_is_no_name(talk: MakeTalk, name: str | None) -> None:
    assert (await talk(name=name).begin()).startswith("Hi, this is Ada")


async def test_the_opening_line_is_known_before_the_call(talk: MakeTalk) -> None:
    call = talk()
    assert call.conversation.opening_line() == await call.begin()


async def test_a_ready_buyer_is_qualified_and_booked(talk: MakeTalk) -> None:
    call = await offered(talk())
    assert call.lines[-1][1].endswith(
        "For a viewing, I have today at three in the afternoon, or tomorrow at ten in the morning. "
        "Which one suits you better?"
    )
    assert await call.say("The first one works for me.") == (
        "So that's Monday, November twenty-third, at three in the afternoon, at the Bayview Homes office. "
        "Shall I book it?"
    )
    assert (await call.say("Yes, that's right.")).startswith("You're booked for Monday, November twenty-third")
    assert call.ended
    assert await call.close() == "appointment_booked"
    assert call.slots() == {
        "area": "Riverside", "bedrooms": "2", "budget": "400000", "timeline": "soon", "financing": "approved",
    }  # fmt: skip
    assert list(call.calendar.holders) == [("the Bayview Homes office", datetime(2026, 11, 23, 23, 0, tzinfo=UTC))]
    (appointment,) = call.events("appointment")
    assert appointment.data.model_dump()["action"] == "booked"


async def test_the_score_carries_its_quotes(talk: MakeTalk) -> None:
    call = await offered(talk())
    await call.close()
    scored = call.events("scored")[-1].data.model_dump()
    assert scored["score"] == 95.0
    assert scored["factors"]["budget"]["quote"] == "Around four hundred thousand dollars."
    assert call.conversation.reviewed is not None
    assert call.conversation.reviewed.next_step == "offer an appointment"


async def test_facts_carry_quote_confidence_and_moment(talk: MakeTalk) -> None:
    call = await begun(talk())
    await call.say("Two bedrooms in Riverside", confidence=0.8)
    data = {event.data.name: event.data for event in call.events("slot_filled")}  # type: ignore[union-attr]
    assert data["bedrooms"].model_dump() == {  # type: ignore[union-attr]
        "type": "slot_filled", "name": "bedrooms", "value": "2", "quote": "Two bedrooms", "confidence": 0.76,
        "start_ms": 4200,
    }  # fmt: skip


async def test_several_facts_in_one_breath_are_never_asked_again(talk: MakeTalk) -> None:
    call = await begun(talk())
    answer = await call.say("Sure. Three bedrooms in Oakwood, up to half a million, we'd pay cash.")
    assert answer.endswith("How soon would you like to move?")


async def test_a_question_not_understood_is_asked_once_more_in_other_words(talk: MakeTalk) -> None:
    call = await begun(talk())
    assert (await call.say("Sure")).endswith("Which area are you looking in?")
    assert await call.say("Well, it should be nice.") == "Sorry, which part of town would suit you best?"
    assert (await call.say("Somewhere nice.")).endswith("How many bedrooms do you need?")


async def test_a_question_that_was_not_heard_counts_as_not_asked(talk: MakeTalk) -> None:
    call = await begun(talk())
    await call.say("Sure")
    answer = await call.say("Yes, hello, go on.", heard="Great. Which")
    assert answer.endswith("Which area are you looking in?")


async def test_what_the_lead_cannot_answer_is_not_asked_again(talk: MakeTalk) -> None:
    call = await begun(talk())
    await call.say("Sure")
    assert await call.say("I don't know yet.") == "That's fine. How many bedrooms do you need?"


async def test_a_correction_replaces_the_fact(talk: MakeTalk) -> None:
    call = await begun(talk())
    await call.says("Sure", "Oakwood", "Sorry, I meant Lakeside. Two bedrooms.")
    assert call.slots() == {"area": "Lakeside", "bedrooms": "2"}
    await call.say("Two bedrooms, as I said.")
    assert len(call.events("slot_filled")) == 3


async def test_handovers_are_events_with_a_reason(talk: MakeTalk) -> None:
    call = await begun(talk())
    await call.say("Sure")
    (event,) = call.events("handed_over")
    assert event.data.model_dump(by_alias=True) == {
        "type": "handed_over", "from": AgentName.CONVERSATION, "to": AgentName.QUALIFICATION,
        "reason": "something is still to be learnt",
    }  # fmt: skip


async def test_too_low_a_score_is_taken_leave_of(talk: MakeTalk) -> None:
    call = await begun(talk())
    await call.says("Sure", "Oakwood", "Two", "no idea", "not sure", "not sure")
    assert call.ended
    assert "the team will keep it in mind" in call.lines[-1][1]
    assert await call.close() == "not_interested"


@pytest.mark.parametrize("turns", range(len(ANSWERS) + 2))
async def test_an_opt_out_in_any_turn_ends_the_call_at_once(talk: MakeTalk, turns: int) -> None:
    call = await begun(talk())
    await call.says(*(*ANSWERS, "The first one.")[:turns])
    assert (await call.say(OPT_OUT)).startswith("Understood. I've taken your number off our list")
    assert call.ended
    assert await call.suppressions.contains(PHONE)
    assert [event.data.model_dump()["quote"] for event in call.events("opted_out")] == [OPT_OUT]
    assert await call.close() == "opted_out"
    assert not call.calendar.holders


async def test_an_opt_out_is_on_record_even_when_the_list_is_down(talk: MakeTalk) -> None:
    call = await begun(talk(suppressions=MemorySuppressions(fails=True)))
    assert "taken your number off" in await call.say(OPT_OUT)
    assert len(call.events("opted_out")) == 1


@pytest.mark.parametrize(
    ("text", "line", "outcome"),
    [
        ("You have the wrong number.", "wrong number", "wrong_number"),
        ("Can I talk to a human?", "talk to a person", "human_requested"),
        ("Are you a robot? Let me talk to a real person.", "talk to a person", "human_requested"),
        ("I'm not interested.", "no problem at all", "not_interested"),
        ("Goodbye.", "Goodbye", "interrupted"),
    ],
)
async def test_wishes_that_end_the_call(talk: MakeTalk, text: str, line: str, outcome: str) -> None:
    call = await begun(talk())
    await call.say("Sure")
    assert line in await call.say(text)
    assert call.ended
    assert await call.close() == outcome


async def test_a_machine_says_so_and_goes_on(talk: MakeTalk) -> None:
    call = await begun(talk())
    answer = await call.say("Are you a robot?")
    assert answer == "Yes, I'm an AI assistant, calling for Bayview Homes. Do you have two minutes?"


@pytest.mark.parametrize(("digit", "outcome"), [("0", "human_requested"), ("9", "human_requested")])
async def test_the_operator_keys_ask_for_a_person(talk: MakeTalk, digit: str, outcome: str) -> None:
    call = await begun(talk())
    await call.say(digit, source="dtmf")
    assert await call.close() == outcome


async def test_keys_say_yes_and_no(talk: MakeTalk) -> None:
    call = await offered(talk())
    await call.say("The first one")
    await call.say("1", source="dtmf")
    assert await call.close() == "appointment_booked"
    refused = await begun(talk())
    assert (await refused.say("2", source="dtmf")) == "When would be a better time to call you?"


async def test_a_key_that_means_nothing_is_asked_about(talk: MakeTalk) -> None:
    call = await begun(talk())
    await call.say("Sure")
    assert "Sorry, which part of town" in await call.say("7", source="dtmf")


async def test_silence_is_prompted_twice_then_taken_leave_of(talk: MakeTalk) -> None:
    call = await begun(talk())
    assert await call.silent() == "Are you still there? Do you have two minutes?"
    assert await call.silent() == "Hello, can you hear me? Do you have two minutes?"
    assert not call.ended
    assert (await call.silent()).endswith("Goodbye.")
    assert call.ended
    assert await call.close() == "no_answer"


async def test_a_machine_that_answered_is_on_record_as_voicemail(talk: MakeTalk) -> None:
    call = talk()
    await call.begin()
    call.log.append(Verdict(label="voicemail"))
    assert await call.close() == "voicemail"


async def test_an_answer_ends_the_silence(talk: MakeTalk) -> None:
    call = await begun(talk())
    await call.silent()
    await call.say("Sure")
    assert (await call.silent()).startswith("Are you still there?")


async def test_noise_is_asked_about_three_times(talk: MakeTalk) -> None:
    call = await begun(talk())
    lines = [await call.say("", confidence=0.0) for _ in range(4)]
    assert lines[0] == "Sorry, I didn't catch that. Could you say it again?"
    assert lines[1] == "I'm sorry, the line isn't very clear. Do you have two minutes?"
    assert call.ended
    assert lines[3].endswith("Goodbye.")


async def test_words_too_unsure_are_not_taken(talk: MakeTalk) -> None:
    call = await begun(talk())
    assert "didn't catch" in await call.say("mumble", confidence=0.1)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Who is this?", "This is Ada, an AI assistant from Bayview Homes"),
        ("Sorry, could you say that again?", "Of course."),
        ("What does a viewing cost?", "A viewing costs nothing"),
        ("Where is the moon?", "I don't know that one"),
    ],
)
async def test_questions_are_answered_and_the_own_one_kept(talk: MakeTalk, question: str, answer: str) -> None:
    call = await begun(talk())
    await call.say("Sure")
    line = await call.say(question)
    assert line.startswith(answer)
    assert line.endswith("Which area are you looking in?")


async def test_a_question_beside_an_answer_is_answered_too(talk: MakeTalk) -> None:
    call = await begun(talk())
    await call.says("Sure", "Oakwood")
    line = await call.say("Two. What does a viewing cost?")
    assert line == "A viewing costs nothing and commits you to nothing. And what budget do you have in mind?"


async def test_an_objection_is_met_once_then_respected(talk: MakeTalk) -> None:
    call = await begun(talk())
    line = await call.say("I already have an agent.")
    assert line.endswith("Would it help to see one home with us anyway?")
    assert (await call.say("Well, I already have an agent.")).startswith("That's no problem at all.")
    assert [event.data.model_dump()["kind"] for event in call.events("objection")] == ["has_agent", "has_agent"]
    assert await call.close() == "not_interested"


async def test_a_no_to_an_attempt_is_respected(talk: MakeTalk) -> None:
    call = await begun(talk())
    await call.says("I'm just looking.", "No.")
    assert call.ended


async def test_a_yes_to_an_attempt_goes_on_where_it_was(talk: MakeTalk) -> None:
    call = await begun(talk())
    await call.says("Sure", "Oakwood", "This is too expensive for me.")
    assert (await call.say("Okay.")).endswith("How many bedrooms do you need?")


async def test_a_fourth_objection_is_one_too_many(talk: MakeTalk) -> None:
    call = await begun(talk())
    await call.says("I'm just looking", "ok", "is this a scam", "ok", "too expensive", "ok")
    assert not call.ended
    await call.say("I already have an agent")
    assert call.ended


async def test_busy_with_a_time_is_called_back_then(talk: MakeTalk) -> None:
    call = await begun(talk(zone="America/New_York"))
    line = await call.say("I'm busy right now, can you call me tomorrow at half past three?")
    assert line == "No problem. I'll call you tomorrow at three thirty in the afternoon. Talk to you then, goodbye."
    assert call.ended
    (follow_up,) = call.events("follow_up")
    assert follow_up.data.model_dump()["at"] == datetime(2026, 11, 24, 20, 30, tzinfo=UTC)
    assert await call.close() == "callback_scheduled"


async def test_a_call_back_is_asked_about_until_it_is_clear(talk: MakeTalk) -> None:
    call = await begun(talk())
    assert await call.say("I'm busy.") == "When would be a better time to call you?"
    assert await call.say("Tomorrow.") == "What time would suit you?"
    assert await call.say("At eight.") == "Would that be in the morning, or in the evening?"
    assert "tomorrow at eight in the evening" in await call.say("In the evening.")
    assert await call.close() == "callback_scheduled"


async def test_nobody_is_called_at_night(talk: MakeTalk) -> None:
    call = await begun(talk())
    assert (await call.say("Call me tomorrow at eleven pm")).startswith("We can call between eight in the morning")
    assert "tomorrow at seven in the evening" in await call.say("Okay, tomorrow at seven pm")


async def test_a_time_that_is_over_is_asked_about(talk: MakeTalk) -> None:
    call = await begun(talk())
    assert await call.say("Call me today at nine in the morning") == "When would be a better time to call you?"


@pytest.mark.parametrize("texts", [("Not now", "No"), ("Not now", "hmm", "hmm", "hmm")])
async def test_no_time_to_call_back_is_respected(talk: MakeTalk, texts: tuple[str, ...]) -> None:
    call = await begun(talk())
    await call.says(*texts)
    assert call.ended
    assert await call.close() == "not_interested"


async def test_busy_but_go_ahead_goes_ahead(talk: MakeTalk) -> None:
    call = await begun(talk())
    assert (await call.say("I'm at work, but make it quick.")).endswith("Which area are you looking in?")


@pytest.mark.parametrize(
    ("text", "read_back"),
    [
        ("The second one, please.", "Tuesday, November twenty-fourth, at ten in the morning"),
        ("Tomorrow works.", "Tuesday, November twenty-fourth, at ten in the morning"),
        ("How about Thursday at half past two?", "Thursday, November twenty-sixth, at two thirty in the afternoon"),
        ("Either is fine.", "Monday, November twenty-third, at three in the afternoon"),
    ],
)
async def test_choices_that_are_understood(talk: MakeTalk, text: str, read_back: str) -> None:
    assert f"So that's {read_back}" in await (await offered(talk())).say(text)


@pytest.mark.parametrize(
    ("text", "offer"),
    [
        (
            "Do you have anything on Thursday afternoon?",
            "Thursday at two in the afternoon, or Thursday at three in the",
        ),
        (
            "Tuesday at nine in the evening",
            "That time isn't free, I'm afraid. For a viewing, I have tomorrow at five in the evening",
        ),
        ("Sunday?", "That time isn't free, I'm afraid. For a viewing, I have today at three"),
        ("Do you have anything later?", "I have tomorrow at eleven in the morning, or Wednesday at"),
        ("Anything sooner?", "I have today at three in the afternoon, or tomorrow"),
        ("No.", "What day and time would suit you better?"),
        ("Is there another time?", "What day and time would suit you better?"),
        ("Hmm.", "I have today at three in the afternoon, or tomorrow"),
    ],
)
async def test_wishes_lead_to_other_offers(talk: MakeTalk, text: str, offer: str) -> None:
    assert offer in await (await offered(talk())).say(text)


async def test_a_time_is_put_together_from_two_turns(talk: MakeTalk) -> None:
    call = await offered(talk())
    await call.say("Can we do Thursday?")
    assert "Thursday, November twenty-sixth, at four in the afternoon" in await call.say("At four.")


async def test_a_no_at_the_read_back_changes_the_time(talk: MakeTalk) -> None:
    call = await offered(talk())
    await call.say("The second one")
    assert "Tuesday, November twenty-fourth, at three thirty" in await call.say("No, make it three thirty.")
    assert await call.say("No.") == "What day and time would suit you better?"
    assert not call.calendar.holders


async def test_a_yes_to_a_time_that_was_not_heard_books_nothing(talk: MakeTalk) -> None:
    call = await offered(talk())
    read_back = await call.say("The first one")
    assert await call.say("Yes", heard="So that's Monday,") == read_back
    assert not call.calendar.holders
    await call.say("Yes", heard=read_back.removesuffix(" Shall I book it?"))
    assert len(call.calendar.holders) == 1


async def test_a_lead_elsewhere_hears_that_it_is_local_time(talk: MakeTalk) -> None:
    call = await offered(talk(zone="America/New_York"))
    assert "at three in the afternoon, local time" in await call.say("The first one")


async def test_one_free_time_is_offered_alone(talk: MakeTalk) -> None:
    calendar = MemoryCalendar()
    call = talk(calendar=calendar)
    free = list(free_slots(call.playbook.calendar, call.clock.now(), frozenset()))
    for slot in free[1:]:
        await calendar.book(slot, conversation_id="another")
    await offered(call)
    assert call.lines[-1][1].endswith("For a viewing, I have today at three in the afternoon. Would that work for you?")
    assert "So that's Monday" in await call.say("Yes, it would.")


async def test_a_taken_time_is_not_offered(talk: MakeTalk) -> None:
    calendar = MemoryCalendar()
    place = talk().playbook.calendar.place
    await calendar.book(Slot(datetime(2026, 11, 23, 23, 0, tzinfo=UTC), place), conversation_id="another")
    call = await offered(talk(calendar=calendar))
    assert "today at three in the" not in call.lines[-1][1]


async def test_a_time_lost_at_the_last_moment_is_apologised_for(talk: MakeTalk) -> None:
    calendar = MemoryCalendar()
    one, other = await offered(talk(calendar=calendar)), await offered(talk(calendar=calendar, call_id="call-2"))
    for call in (one, other):
        await call.say("The first one")
    assert "You're booked" in await one.say("Yes")
    line = await other.say("Yes")
    assert line.startswith("That time isn't free, I'm afraid. For a viewing, I have ")
    assert "today at three in the" not in line
    assert not other.ended
    assert not other.events("appointment")
    await other.says("The first one", "Yes")
    assert len(calendar.holders) == 2
    assert await other.close() == "appointment_booked"


async def test_asking_for_a_viewing_leads_to_the_calendar_at_once(talk: MakeTalk) -> None:
    call = await begun(talk())
    assert "Tuesday, November twenty-fourth, at three in the afternoon" in await call.say(
        "Yes, can I see one tomorrow at three?"
    )


async def test_a_week_named_for_something_else_does_not_limit_the_offer(talk: MakeTalk) -> None:
    call = await begun(talk())
    await call.says(*ANSWERS[:-1])
    assert "I have today at three" in await call.say("The mortgage is approved, we sign next week.")


async def test_a_booking_is_moved(talk: MakeTalk) -> None:
    call = await offered(talk())
    await call.says("The first one", "Yes")
    assert await call.say("Can we reschedule?") == "What day and time would suit you better?"
    await call.say("Thursday at two")
    assert (await call.say("Yes")).startswith("I've moved it to Thursday, November twenty-sixth")
    assert [event.data.model_dump()["action"] for event in call.events("appointment")] == ["booked", "moved"]
    assert len(call.calendar.holders) == 1


async def test_a_booking_is_cancelled(talk: MakeTalk) -> None:
    call = await offered(talk())
    await call.says("The first one", "Yes")
    assert (await call.say("Sorry, I have to cancel it.")).startswith("I've cancelled the viewing on Monday")
    assert not call.calendar.holders
    assert await call.close() == "qualified"


async def test_a_booking_is_moved_in_one_sentence(talk: MakeTalk) -> None:
    call = await offered(talk())
    await call.says("The first one", "Yes")
    line = await call.say("Can we reschedule it to Thursday at two?")
    assert "So that's Thursday, November twenty-sixth, at two in the afternoon" in line


async def test_after_the_goodbye_there_is_only_a_goodbye(talk: MakeTalk) -> None:
    call = await offered(talk())
    await call.says("The first one", "Yes")
    assert (await call.say("Great.")).endswith("Goodbye.")
    assert (await call.silent()).endswith("Goodbye.")


async def test_a_proposal_has_no_effect(talk: MakeTalk) -> None:
    call = await offered(talk())
    await call.say("The first one")
    before = len(call.log.events)
    draft = await call.conversation.propose(Utterance("Yes, and stop calling me"))
    await draft.discard()
    await draft.commit()
    assert len(call.log.events) == before
    assert not call.suppressions.reasons
    assert not call.calendar.holders


async def test_a_calendar_that_fails_leaves_the_conversation_where_it_was(talk: MakeTalk) -> None:
    call = await offered(talk())
    await call.say("The first one")
    call.calendar.fails = True
    draft = await call.conversation.propose(Utterance("Yes"))
    with pytest.raises(StorageFailed):
        await draft.commit()
    call.calendar.fails = False
    assert "You're booked" in await call.say("Yes")


async def test_a_full_calendar_is_told_politely(talk: MakeTalk) -> None:
    calendar = MemoryCalendar()
    call = talk(calendar=calendar)
    for slot in free_slots(call.playbook.calendar, call.clock.now(), frozenset()):
        await calendar.book(slot, conversation_id="another")
    await offered(call)
    assert "no viewing free" in call.lines[-1][1]
    assert await call.close() == "qualified"


async def test_closing_twice_ends_once(talk: MakeTalk) -> None:
    call = await begun(talk())
    await call.close()
    await call.conversation.close("again")
    assert len(call.events("ended")) == 1


async def test_replies_say_what_they_expect(talk: MakeTalk) -> None:
    call = await begun(talk())
    assert call.last[-1].expects is Expects.YES_NO
    await call.say("Sure")
    assert call.last[-1].expects is Expects.OPEN
    await call.say("Oakwood")
    assert call.last[-1].expects is Expects.NUMBER
    assert {reply.wording for reply in call.last} == {"vetted"}
