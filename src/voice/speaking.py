"""A reply on its way to sound: synthesised ahead, on a guess, and played only when the turn is confirmed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from time import perf_counter

import numpy as np

from domain.errors import SpeechError
from domain.ports import Pcm16, TextToSpeech
from domain.turn import Draft, DraftTimes, Reply
from voice.audio.resampler import Resampler

LINE_RATE = 8_000
FRAME = 160


@dataclass(slots=True)
class SpokenClause:
    """A clause and its audio as it comes; `pieces` ends with None."""

    reply: Reply
    tier: str
    pieces: asyncio.Queue[Pcm16 | None] = field(default_factory=asyncio.Queue)
    first_audio_ms: float | None = None
    failed: bool = False

    async def audio(self) -> AsyncIterator[Pcm16]:
        """Yield int16 at 8 kHz in whole frames of 20 ms; may be consumed once."""
        while (piece := await self.pieces.get()) is not None:
            yield piece


class Speech:
    """Renders a draft's replies in the background, clause by clause, at the line's rate."""

    def __init__(self, draft: Draft, voice: TextToSpeech) -> None:
        """Begin rendering at once; must be called on the event loop."""
        self.draft = draft
        self._voice = voice
        self._replies: list[Reply] = []
        self._clauses: asyncio.Queue[SpokenClause | None] = asyncio.Queue()
        self._task = asyncio.create_task(self._render())

    async def clauses(self) -> AsyncIterator[SpokenClause]:
        """Yield the clauses in order as they come; may be consumed once.

        Raises:
            LeadlineError: the draft failed; clauses already yielded stay valid.
        """
        while (clause := await self._clauses.get()) is not None:
            yield clause
        await self._task

    async def ends_call(self) -> bool:
        """Whether the reply ends the call; waits until it is complete."""
        await asyncio.wait({self._task})
        return any(reply.ends_call for reply in self._replies)

    async def cancel(self) -> None:
        """Stop rendering and drop the draft; the model's slot is free on return. No effect on a committed draft."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self.draft.discard()

    async def _render(self) -> None:
        try:
            async for reply in self.draft.replies():
                self._replies.append(reply)
                clause = SpokenClause(reply, self._voice.name)
                self._clauses.put_nowait(clause)
                await self._speak(clause)
        finally:
            self._clauses.put_nowait(None)

    async def _speak(self, clause: SpokenClause) -> None:
        began = perf_counter()
        framer = _Framer()
        try:
            async for chunk in self._voice.synthesize(clause.reply.text):
                if clause.first_audio_ms is None:
                    clause.first_audio_ms = (perf_counter() - began) * 1000
                framed = framer.push(chunk.pcm, chunk.sample_rate)
                if len(framed):
                    clause.pieces.put_nowait(framed)
            clause.pieces.put_nowait(framer.rest())
        except SpeechError:
            clause.failed = True
        finally:
            clause.pieces.put_nowait(None)


class Replay:
    """A draft that says replies again which were cut off; it has no effects of its own."""

    def __init__(self, replies: Sequence[Reply]) -> None:
        """Say `replies` in order."""
        self.times = DraftTimes()
        self._said = tuple(replies)

    async def replies(self) -> AsyncIterator[Reply]:
        """Yield the clauses in order."""
        for reply in self._said:
            yield reply

    async def commit(self) -> None:
        """Do nothing: the effects happened the first time."""

    async def discard(self) -> None:
        """Do nothing."""


class _Framer:
    """Brings any rate to 8 kHz and cuts whole frames, so that a mark never overtakes a frame's rest."""

    def __init__(self) -> None:
        self._resampler: Resampler | None = None
        self._pending = np.zeros(0, dtype=np.int16)

    def push(self, pcm: Pcm16, rate: int) -> Pcm16:
        if rate != LINE_RATE:
            self._resampler = self._resampler or Resampler(rate, LINE_RATE)
            pcm = self._resampler.process(pcm)
        samples = np.concatenate((self._pending, pcm))
        whole = len(samples) - len(samples) % FRAME
        self._pending = samples[whole:]
        return samples[:whole]

    def rest(self) -> Pcm16:
        tail = self._resampler.flush() if self._resampler else np.zeros(0, dtype=np.int16)
        samples = np.concatenate((self._pending, tail))
        return np.pad(samples, (0, -len(samples) % FRAME))
