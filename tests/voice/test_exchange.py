"""The dialog on the line, with scripted speech engines and a line that the test controls."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest

from domain.events import AgentHeard, AgentSaid, LeadSaid
from domain.log import EventLog
from domain.ports import Pcm16
from domain.turn import Reply
from tests.fakes.clock import ManualClock
from tests.fakes.conversation import ScriptedConversation, line
from tests.fakes.line import FakeLine
from tests.fakes.speech import ScriptedStt, ToneVoice
from voice.endpointing import Signal
from voice.exchange import Exchange
from voice.mouth import Mouth
from voice.options import VoiceOptions
from voice.recording import Recording
from voice.speaking import Speech
from voice.thinking import Heard, Thinker

OPENING = (line("Hello, this is Ada."),)
PATIENT = VoiceOptions(opening_silence_ms=60_000, reprompt_ms=60_000)


class SureTurn:
    """A turn model that is always sure."""

    async def probability(self, pcm: Pcm16) -> float:
        """Say that the turn is over."""
        return 0.95


@dataclass
class Call:
    """An exchange with its surroundings."""

    exchange: Exchange
    line: FakeLine
    conversation: ScriptedConversation
    log: EventLog
    clock: ManualClock
    spoken: list[str] = field(default_factory=list)

    async def say(self, length_ms: int = 800, start_ms: int = 0) -> None:
        """Let the lead say something and stop."""
        heard = speech(length_ms, start_ms)
        for signal in (Signal.STARTED, Signal.PAUSED, Signal.ENDED):
            await self.exchange.on_signal(signal, heard)

    async def greet(self) -> None:
        """Let the lead say hello and hear the opening to its end."""
        await self.say(300)
        await self.line.wait_marks(1)
        await self.settle()

    async def settle(self) -> None:
        """Give callbacks and tasks that need no waiting a chance to run."""
        for _ in range(20):
            await asyncio.sleep(0)


def speech(length_ms: int = 800, start_ms: int = 0) -> Heard:
    return Heard(np.full(length_ms * 16, 3_000, dtype=np.int16), start_ms, start_ms + length_ms)


async def start(
    answers: Sequence[Sequence[Reply]],
    texts: Sequence[str],
    *,
    opening: Sequence[Reply] = OPENING,
    options: VoiceOptions = PATIENT,
    echo: bool = True,
) -> Call:
    clock = ManualClock()
    log = EventLog("c1", clock)
    log.begin_stream()
    conversation = ScriptedConversation(opening, answers)
    fake = FakeLine()
    voice = ToneVoice()
    thinker = Thinker(conversation, ScriptedStt(texts), SureTurn(), voice)
    mouth = Mouth(fake, log, Recording(limit_ms=600_000), mark_grace_ms=60_000)
    exchange = Exchange(thinker, mouth, log, fake, options)
    if echo:
        fake.echo_marks = exchange.on_mark
    await exchange.begin(Speech(await conversation.open(), voice))
    return Call(exchange, fake, conversation, log, clock)


def said(log: EventLog) -> list[str]:
    return [event.data.text for event in log.events if isinstance(event.data, AgentSaid)]


async def test_the_opening_waits_for_the_greeting_and_the_greeting_is_on_record() -> None:
    call = await start([], ["Hello?"])
    await call.settle()
    assert call.line.marks == []
    await call.greet()
    assert said(call.log) == ["Hello, this is Ada."]
    assert [event.data.text for event in call.log.events if isinstance(event.data, LeadSaid)] == ["Hello?"]
    assert call.conversation.heard_texts == ["Hello, this is Ada."]
    await call.exchange.finish()


async def test_the_opening_comes_by_itself_when_nobody_speaks() -> None:
    call = await start([], [], options=VoiceOptions(opening_silence_ms=1, reprompt_ms=60_000))
    await call.line.wait_marks(1)
    assert said(call.log) == ["Hello, this is Ada."]
    await call.exchange.finish()


async def test_a_long_greeting_that_ends_the_call_is_answered_instead_of_opening() -> None:
    goodbye = (line("I won't call again. Goodbye.", ends_call=True),)
    call = await start([goodbye], ["Stop calling me, I told you people before."])
    await call.say(2_500)
    await asyncio.wait_for(call.line.ended.wait(), 5)
    assert said(call.log) == ["I won't call again. Goodbye."]
    await call.exchange.finish()


async def test_a_long_greeting_without_a_refusal_is_followed_by_the_opening() -> None:
    call = await start([(line("Not this."),)], ["Good morning, Smith residence, who is speaking please?"])
    await call.say(2_500)
    await call.line.wait_marks(1)
    assert said(call.log) == ["Hello, this is Ada."]
    assert call.conversation.drafts[0].discarded
    await call.exchange.finish()


async def test_a_turn_is_confirmed_committed_and_answered() -> None:
    call = await start([(line("How many rooms?"), line("Two or three?"))], ["Hello?", "A house, please."])
    await call.greet()
    await call.say()
    await call.line.wait_marks(3)
    await call.settle()
    assert call.conversation.utterances[-1].text == "A house, please."
    assert call.conversation.drafts[-1].committed
    heard = [event.data for event in call.log.events if isinstance(event.data, AgentHeard)]
    assert [(one.text, one.interrupted) for one in heard][-1] == ("How many rooms? Two or three?", False)
    await call.exchange.finish()


async def test_a_guess_has_no_effect_when_the_lead_goes_on() -> None:
    call = await start([(line("Fine."),)], ["Hello?", "I want", "I want a house."])
    await call.greet()
    await call.exchange.on_signal(Signal.STARTED, speech())
    await call.exchange.on_signal(Signal.PAUSED, speech())
    await call.settle()
    await call.exchange.on_signal(Signal.RESUMED, speech())
    await call.exchange.on_signal(Signal.PAUSED, speech(1_600))
    await call.exchange.on_signal(Signal.ENDED, speech(1_600))
    await call.line.wait_marks(2)
    await call.settle()
    leads = [event.data.text for event in call.log.events if isinstance(event.data, LeadSaid)]
    assert leads == ["Hello?", "I want a house."]
    assert sum(draft.committed for draft in call.conversation.drafts) == 1
    await call.exchange.finish()


async def test_speech_over_the_agent_clears_the_line_and_keeps_only_heard_words() -> None:
    call = await start([(line("One two three four five six seven eight."),)], ["Hello?", "Rooms.", "Wait."])
    await call.greet()
    call.line.echo_marks = None
    await call.say()
    await call.line.wait_marks(2)
    length_ms = call.line.samples / 8
    call.clock.advance(length_ms / 2 / 1000)
    await call.exchange.on_signal(Signal.STARTED, speech())
    assert call.line.clears == 1
    heard = [event.data for event in call.log.events if isinstance(event.data, AgentHeard)][-1]
    assert heard.interrupted
    assert heard.text
    assert "One two three four five six seven eight.".startswith(heard.text)
    assert len(heard.text) < len("One two three four five six seven eight.")
    assert call.conversation.heard_texts[-1] == heard.text
    await call.exchange.finish()


async def test_noise_over_the_agent_is_no_turn_and_the_agent_takes_up_again() -> None:
    call = await start([(line("One two three four."), line("Five six."))], ["Hello?", "Rooms.", ""])
    await call.greet()
    call.line.echo_marks = None
    await call.say()
    await call.line.wait_marks(3)
    await call.say(200)
    await call.line.wait_marks(5)
    assert said(call.log)[-2:] == ["One two three four.", "Five six."]
    assert len(call.conversation.utterances) == 2
    await call.exchange.finish()


async def test_long_sound_without_words_is_asked_about() -> None:
    call = await start([(line("Sorry, I didn't catch that."),)], ["Hello?", ""])
    await call.greet()
    await call.say(900)
    await call.line.wait_marks(2)
    assert call.conversation.utterances[-1].text == ""
    assert call.conversation.utterances[-1].confidence == 0.0
    await call.exchange.finish()


async def test_a_goodbye_is_heard_to_its_end_and_then_the_call_ends() -> None:
    call = await start([(line("Goodbye.", ends_call=True),)], ["Hello?", "Bye.", "Hm"])
    await call.greet()
    call.line.echo_marks = None
    await call.say()
    await call.line.wait_marks(2)
    await call.exchange.on_signal(Signal.STARTED, speech())
    assert call.line.clears == 0
    assert not call.line.ended.is_set()
    call.exchange.on_mark(call.line.marks[-1])
    await asyncio.wait_for(call.line.ended.wait(), 5)
    await call.exchange.finish()


async def test_silence_is_prompted() -> None:
    options = VoiceOptions(opening_silence_ms=60_000, reprompt_ms=1)
    call = await start([(line("Are you still there?"),)], ["Hello?"], options=options)
    await call.say(300)
    await call.line.wait_marks(2)
    assert call.conversation.utterances[-1].source == "silence"
    await call.exchange.finish()


async def test_a_key_is_a_turn() -> None:
    call = await start([(line("Yes it is."),)], ["Hello?"])
    await call.greet()
    await call.exchange.on_digit("1")
    await call.line.wait_marks(2)
    assert (call.conversation.utterances[-1].text, call.conversation.utterances[-1].source) == ("1", "dtmf")
    await call.exchange.finish()


async def test_words_of_a_turn_cut_before_its_answer_are_not_lost() -> None:
    call = await start([(line("Fine."),)], ["Hello?", "In Riverside, three bedrooms."])
    await call.greet()
    stuck = speech(800, 1_000)
    await call.exchange.on_signal(Signal.STARTED, stuck)
    await call.exchange.on_signal(Signal.ENDED, stuck)
    more = speech(600, 2_200)
    await call.exchange.on_signal(Signal.STARTED, more)
    await call.exchange.on_signal(Signal.PAUSED, more)
    await call.exchange.on_signal(Signal.ENDED, more)
    await call.line.wait_marks(2)
    await call.settle()
    utterance = call.conversation.utterances[-1]
    assert (utterance.start_ms, utterance.end_ms) == (1_000, 2_800)
    await call.exchange.finish()


@pytest.mark.parametrize("fails_first", [True])
async def test_a_failing_turn_leaves_the_silence_prompt_in_charge(fails_first: bool) -> None:
    options = VoiceOptions(opening_silence_ms=60_000, reprompt_ms=50)
    call = await start([(line("Still there?"),)], ["Hello?", "House."], options=options)
    await call.greet()
    call.conversation.fail_next = fails_first
    await call.say()
    await call.line.wait_marks(2)
    assert said(call.log)[-1] == "Still there?"
    await call.exchange.finish()


async def test_finish_accounts_for_what_was_being_said() -> None:
    call = await start([(line("One two three four."),)], ["Hello?", "Rooms."])
    await call.greet()
    call.line.echo_marks = None
    await call.say()
    await call.line.wait_marks(2)
    await call.exchange.finish()
    heard = [event.data for event in call.log.events if isinstance(event.data, AgentHeard)][-1]
    assert (heard.text, heard.interrupted) == ("", True)
    await call.exchange.finish()


async def test_a_reply_cut_off_before_its_first_sound_was_not_heard() -> None:
    call = await start([(line("Two rooms, thank you."), line("How soon?"))], ["Hello?", "Two rooms.", "And a garden."])
    await call.greet()
    committing = asyncio.Event()

    async def stuck() -> None:
        committing.set()
        await asyncio.Event().wait()

    call.conversation.before_commit = stuck
    await call.say()
    await asyncio.wait_for(committing.wait(), 5)
    heard_before = len(call.conversation.heard_texts)
    await call.exchange.on_signal(Signal.STARTED, speech())
    assert call.conversation.heard_texts[heard_before:] == [""]
    assert call.conversation.drafts[-1].discarded
    await call.exchange.finish()
