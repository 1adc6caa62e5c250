"""A guess: while the lead pauses, the words, the sound and the answer are worked out without any effect."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import numpy as np
import structlog

from domain.errors import SpeechError
from domain.ports import Pcm16, SpeechToText, TextToSpeech
from domain.turn import ConversationPort, Expects, Transcript, Utterance
from voice.completeness import looks_complete
from voice.endpointing import Evidence
from voice.smart_turn import TurnModel
from voice.speaking import Speech

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Heard:
    """A piece of the line on which a guess stands: int16 at 16 kHz, times since the stream began."""

    pcm: Pcm16
    start_ms: int
    end_ms: int

    @property
    def length_ms(self) -> int:
        """From the first voiced moment to the last."""
        return self.end_ms - self.start_ms

    def after(self, earlier: Heard | None) -> Heard:
        """Return this piece with `earlier`, which was never answered, in front."""
        if earlier is None:
            return self
        return Heard(np.concatenate((earlier.pcm, self.pcm)), earlier.start_ms, self.end_ms)


@dataclass(frozen=True, slots=True)
class Thought:
    """What came of a guess; `speech` is None where nothing was said. `failed` means that recognition broke."""

    utterance: Utterance
    transcript: Transcript | None
    speech: Speech | None
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Thinker:
    """Recognises, judges the turn, and lets the conversation propose."""

    conversation: ConversationPort
    stt: SpeechToText
    turn_model: TurnModel
    voice: TextToSpeech

    async def think(self, heard: Heard, expects: Expects, tell: Callable[[Evidence], Awaitable[None]]) -> Thought:
        """Work out `heard`; `tell` receives the evidence about the pause before the answer is thought of."""
        judgement = asyncio.create_task(self.turn_model.probability(heard.pcm))
        try:
            transcript = await self.stt.transcribe(heard.pcm)
            probability = await judgement
        except SpeechError as error:
            log.warning("recognition_failed", reason=str(error))
            return Thought(_utterance(heard, None), None, None, failed=True)
        finally:
            judgement.cancel()
        await tell(Evidence(probability, looks_complete(transcript.text, expects), expects))
        utterance = _utterance(heard, transcript)
        if not transcript.text.strip():
            return Thought(utterance, transcript, None)
        return Thought(utterance, transcript, await self.answer(utterance))

    async def answer(self, utterance: Utterance) -> Speech:
        """Let the conversation propose an answer and start to render it."""
        return Speech(await self.conversation.propose(utterance), self.voice)


def _utterance(heard: Heard, transcript: Transcript | None) -> Utterance:
    if transcript is None:
        return Utterance("", confidence=0.0, start_ms=heard.start_ms, end_ms=heard.end_ms)
    return Utterance(
        text=transcript.text,
        confidence=transcript.confidence,
        language=transcript.language,
        start_ms=heard.start_ms,
        end_ms=heard.end_ms,
    )


class Guess:
    """One guess under way. Cancelling it frees whatever it holds."""

    def __init__(self, work: Awaitable[Thought]) -> None:
        """Start the work on the event loop."""
        self._task = asyncio.ensure_future(work)

    async def result(self) -> Thought:
        """Return the thought once it is there; a caller that is cancelled meanwhile takes the guess with it.

        Raises:
            LeadlineError: the conversation failed.
        """
        try:
            return await asyncio.shield(self._task)
        except asyncio.CancelledError:
            await self.cancel()
            raise

    async def cancel(self) -> None:
        """Stop; a speech already begun is dropped with its draft."""
        self._task.cancel()
        (outcome,) = await asyncio.gather(self._task, return_exceptions=True)
        if isinstance(outcome, Thought) and outcome.speech is not None:
            await outcome.speech.cancel()
