"""How a call begins: the agent lets the lead finish the greeting, then opens."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from domain.turn import Reply
from tests.fakes.conversation import ScriptedConversation, line
from tests.fakes.line import FakeLine
from tests.fakes.speech import ScriptedStt, ToneVoice
from voice.endpointing import Signal
from voice.opening import Opening
from voice.options import VoiceOptions
from voice.speaking import Speech
from voice.thinking import Heard, Thinker

ASKS = [line("How many rooms?")]
REFUSED = [line("I won't call again."), line("Goodbye.", ends_call=True)]


class SureTurn:
    """A turn model that is always sure."""

    async def probability(self, pcm: object) -> float:
        """Say that the turn is over."""
        return 0.95


def heard(ms: int) -> Heard:
    return Heard(np.full(ms * 16, 3_000, dtype=np.int16), 0, ms)


@dataclass
class Desk:
    """An opening and all around it."""

    text: str
    answer: list[Reply]
    line: FakeLine = field(default_factory=FakeLine)

    async def begin(self) -> Opening:
        """Render the first line."""
        self.conversation = ScriptedConversation([line("Hello, this is Ada.")], [self.answer])
        voice = ToneVoice()
        thinker = Thinker(self.conversation, ScriptedStt([self.text]), SureTurn(), voice)
        self.first = Speech(await self.conversation.open(), voice)
        return Opening(self.first, thinker, self.line, VoiceOptions())


async def greet(opening: Opening, ms: int) -> bool:
    return [await opening.on_signal(signal, heard(ms)) for signal in (Signal.STARTED, Signal.PAUSED, Signal.ENDED)][-1]


async def texts(speech: Speech) -> list[str]:
    return [clause.reply.text async for clause in speech.clauses()]


async def test_a_short_greeting_ends_at_once_and_is_read_later() -> None:
    desk = Desk("Hello?", ASKS)
    opening = await desk.begin()
    assert await greet(opening, 400)
    assert opening.lead_end_ms == 400
    assert [evidence.text_complete for evidence in desk.line.told] == [True]
    speech, thought = await opening.choose()
    assert speech is desk.first
    assert thought is None
    greeting = await opening.greeting()
    assert greeting is not None
    assert greeting.utterance.text == "Hello?"
    assert all(draft.discarded for draft in desk.conversation.drafts)


async def test_a_long_greeting_is_read_before_the_opening() -> None:
    desk = Desk("Smith residence, who is calling please?", ASKS)
    opening = await desk.begin()
    assert await greet(opening, 2_400)
    assert desk.line.told == []
    speech, thought = await opening.choose()
    assert await texts(speech) == ["Hello, this is Ada."]
    assert thought is not None
    assert thought.utterance.text.startswith("Smith")
    assert desk.conversation.drafts[0].discarded
    assert await opening.greeting() is None


async def test_a_refusal_in_place_of_a_greeting_is_answered_instead() -> None:
    desk = Desk("Stop calling me, I have told you people so many times.", REFUSED)
    opening = await desk.begin()
    await greet(opening, 2_400)
    speech, _ = await opening.choose()
    assert await texts(speech) == ["I won't call again.", "Goodbye."]
    assert not desk.conversation.drafts[0].discarded


async def test_a_lead_that_goes_on_is_heard_anew() -> None:
    desk = Desk("Hello?", ASKS)
    opening = await desk.begin()
    await opening.on_signal(Signal.STARTED, heard(400))
    assert not await opening.on_signal(Signal.PAUSED, heard(400))
    assert not await opening.on_signal(Signal.RESUMED, heard(400))
    assert await opening.greeting() is None
    await opening.on_signal(Signal.PAUSED, heard(900))
    assert await opening.on_signal(Signal.ENDED, heard(900))
    assert opening.lead_end_ms == 900


@pytest.mark.parametrize("length_ms", [400, 2_400])
async def test_a_line_that_drops_takes_everything_along(length_ms: int) -> None:
    desk = Desk("Hello?", ASKS)
    opening = await desk.begin()
    await greet(opening, length_ms)
    await opening.cancel()
    assert desk.first.draft.discarded  # type: ignore[attr-defined]
    assert await opening.greeting() is None


async def test_silence_opens_without_a_word_from_the_lead() -> None:
    opening = await Desk("", ASKS).begin()
    speech, thought = await opening.choose()
    assert thought is None
    assert await texts(speech) == ["Hello, this is Ada."]
    assert opening.lead_end_ms is None
