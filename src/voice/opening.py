"""How a call begins: the agent lets the lead say hello, then opens; it never talks over the greeting."""

from __future__ import annotations

from domain.turn import Expects
from voice.endpointing import Evidence, Signal
from voice.line import Line
from voice.options import VoiceOptions
from voice.speaking import Speech
from voice.thinking import Guess, Heard, Thinker, Thought

_SURE = Evidence(1.0, text_complete=True, expects=Expects.NOTHING)


class Opening:
    """Holds the first line, rendered while it rang, until the lead's greeting is over."""

    def __init__(self, speech: Speech, thinker: Thinker, line: Line, options: VoiceOptions) -> None:
        """Keep `speech` ready."""
        self._speech = speech
        self._thinker = thinker
        self._line = line
        self._options = options
        self._guess: Guess | None = None
        self._short = True
        self.lead_end_ms: int | None = None

    async def on_signal(self, signal: Signal, heard: Heard) -> bool:
        """Take what the ears noticed; True when the greeting is over."""
        self._short = heard.length_ms <= self._options.greeting_ms
        if signal is Signal.RESUMED:
            await self._drop()
        elif signal is Signal.PAUSED:
            await self._drop()
            self._guess = Guess(self._thinker.think(heard, Expects.NOTHING, _forget))
            if self._short:
                await self._line.tell(_SURE)
        elif signal is Signal.ENDED:
            self.lead_end_ms = heard.end_ms
            return True
        return False

    async def choose(self) -> tuple[Speech, Thought | None]:
        """Return what to say first, and the greeting's words where they were waited for.

        A short greeting is answered at once. A long one is read first: it may already be a refusal, and then its answer
        ends the call instead of the opening.

        Raises:
            LeadlineError: the conversation failed.
        """
        if self._guess is None or self._short:
            return self._speech, None
        thought = await self._guess.result()
        if thought.speech is not None and await thought.speech.ends_call():
            await self._speech.cancel()
            return thought.speech, thought
        await self._drop()
        return self._speech, thought

    async def greeting(self) -> Thought | None:
        """Return the greeting's words; they are for the transcript only, so their answer is dropped.

        Raises:
            LeadlineError: the conversation failed.
        """
        if self._guess is None:
            return None
        thought = await self._guess.result()
        await self._drop()
        return thought

    async def cancel(self) -> None:
        """Drop everything: the line is gone."""
        await self._drop()
        await self._speech.cancel()

    async def _drop(self) -> None:
        if self._guess is not None:
            guess, self._guess = self._guess, None
            await guess.cancel()


async def _forget(_: Evidence) -> None:
    """Take evidence that a greeting doesn't need."""
