"""A guess: recognition, the sound of the turn and the answer, without any effect."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from domain.errors import SpeechError
from domain.ports import Pcm16
from domain.turn import Expects
from tests.fakes.conversation import ScriptedConversation, line
from tests.fakes.speech import ScriptedStt, ToneVoice
from voice.endpointing import Evidence
from voice.thinking import Guess, Heard, Thinker, Thought


class TurnAt:
    """A turn model with a fixed answer, or one that breaks."""

    def __init__(self, probability: float | None) -> None:
        """Answer `probability`; None breaks."""
        self._probability = probability

    async def probability(self, pcm: Pcm16) -> float:
        """Return the answer.

        Raises:
            SpeechError: there is none.
        """
        if self._probability is None:
            raise SpeechError("the turn model failed: scripted")
        return self._probability


class StuckStt(ScriptedStt):
    """A recogniser that never comes to an end."""

    def __init__(self) -> None:
        """Wait for `started` to see it begin."""
        super().__init__()
        self.started = asyncio.Event()

    async def transcribe(self, pcm: Pcm16, *, sample_rate: int = 16_000, language: str | None = None):  # type: ignore[no-untyped-def,override]  # noqa: ANN201
        """Wait for ever."""
        self.started.set()
        await asyncio.Event().wait()


def heard(ms: int = 800, start_ms: int = 1_000) -> Heard:
    return Heard(np.full(ms * 16, 3_000, dtype=np.int16), start_ms, start_ms + ms)


def thinker(stt: ScriptedStt, probability: float | None = 0.9) -> tuple[Thinker, ScriptedConversation]:
    conversation = ScriptedConversation([line("Hi.")], [[line("Where?")]])
    return Thinker(conversation, stt, TurnAt(probability), ToneVoice()), conversation


class Told:
    """Keeps the evidence."""

    def __init__(self) -> None:
        """Begin with none."""
        self.evidence: list[Evidence] = []

    async def __call__(self, evidence: Evidence) -> None:
        """Keep it."""
        self.evidence.append(evidence)


async def test_words_sound_and_answer_come_together_and_nothing_is_committed() -> None:
    mind, conversation = thinker(ScriptedStt(["A house, please."], confidence=0.8), 0.7)
    told = Told()
    thought = await mind.think(heard(), Expects.OPEN, told)
    assert told.evidence == [Evidence(0.7, text_complete=True, expects=Expects.OPEN)]
    assert (thought.utterance.text, thought.utterance.confidence) == ("A house, please.", 0.8)
    assert (thought.utterance.start_ms, thought.utterance.end_ms) == (1_000, 1_800)
    assert thought.speech is not None
    assert [clause.reply.text async for clause in thought.speech.clauses()] == ["Where?"]
    assert not conversation.drafts[0].committed


async def test_unfinished_words_are_told_as_such() -> None:
    mind, _ = thinker(ScriptedStt(["I would like a house with"]), 0.1)
    told = Told()
    await mind.think(heard(), Expects.NUMBER, told)
    assert told.evidence == [Evidence(0.1, text_complete=False, expects=Expects.NUMBER)]


async def test_no_words_ask_nobody() -> None:
    mind, conversation = thinker(ScriptedStt([""]))
    thought = await mind.think(heard(), Expects.OPEN, Told())
    assert (thought.utterance.text, thought.speech, thought.failed) == ("", None, False)
    assert conversation.utterances == []


@pytest.mark.parametrize("broken", ["recogniser", "turn model"])
async def test_a_broken_engine_is_told_apart_from_silence(broken: str) -> None:
    stt = ScriptedStt(["A house."])
    stt.fails = broken == "recogniser"
    mind, conversation = thinker(stt, None if broken == "turn model" else 0.9)
    thought = await mind.think(heard(), Expects.OPEN, Told())
    assert thought.failed
    assert (thought.utterance.text, thought.utterance.confidence) == ("", 0.0)
    assert conversation.utterances == []


async def test_a_cancelled_guess_stops_recognition() -> None:
    stt = StuckStt()
    mind, conversation = thinker(stt)
    guess = Guess(mind.think(heard(), Expects.OPEN, Told()))
    await asyncio.wait_for(stt.started.wait(), 5)
    await asyncio.wait_for(guess.cancel(), 5)
    assert conversation.utterances == []


async def test_a_guess_cancelled_after_its_answer_drops_the_draft() -> None:
    mind, conversation = thinker(ScriptedStt(["A house."]))
    guess = Guess(mind.think(heard(), Expects.OPEN, Told()))
    assert (await guess.result()).speech is not None
    await guess.cancel()
    assert conversation.drafts[0].discarded


async def test_who_waits_for_a_guess_and_is_cancelled_takes_it_along() -> None:
    stt = StuckStt()
    mind, _ = thinker(stt)
    guess = Guess(mind.think(heard(), Expects.OPEN, Told()))
    waiting = asyncio.create_task(guess.result())
    await asyncio.wait_for(stt.started.wait(), 5)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(guess.result(), 5)


def test_a_piece_that_was_never_answered_goes_in_front() -> None:
    first, second = heard(500, 1_000), heard(300, 2_000)
    both = second.after(first)
    assert (both.start_ms, both.end_ms, len(both.pcm)) == (1_000, 2_300, 800 * 16)
    assert second.after(None) is second
    assert both.length_ms == 1_300


def test_a_thought_is_no_failure_unless_told() -> None:
    assert not Thought(utterance=None, transcript=None, speech=None).failed  # type: ignore[arg-type]
