"""Voices in order of preference; when one fails or hangs, the next speaks the clause."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing

from domain.clock import Clock
from domain.errors import LeadlineError, SpeechError
from domain.ports import SpeechChunk, TextToSpeech

TierChange = Callable[[str, str, str], None]
"""Takes the tier before, the tier now, and the reason."""


def _ignore(before: str, now: str, reason: str) -> None:
    """Take no notice of a change."""


class TieredVoice:
    """Speaks each clause with the first healthy tier, and starts it anew on the next one when that tier fails.

    A tier that failed is left alone for `rest_s`, then tried again. A tier hangs when a chunk takes longer than
    `patience_s`. The tiers stay their owner's to close.
    """

    def __init__(
        self,
        tiers: Sequence[TextToSpeech],
        clock: Clock,
        *,
        on_change: TierChange = _ignore,
        patience_s: float = 2.0,
        rest_s: float = 30.0,
    ) -> None:
        """Take the tiers, best first.

        Raises:
            ValueError: there is no tier.
        """
        if not tiers:
            raise ValueError("a tiered voice needs a tier")
        self._tiers = tuple(tiers)
        self._clock = clock
        self._on_change = on_change
        self._patience_s = patience_s
        self._rest_s = rest_s
        self._rests_until = [float("-inf")] * len(self._tiers)
        self._current = 0

    @property
    def name(self) -> str:
        """The name of the tier that spoke last, at first the best one's."""
        return self._tiers[self._current].name

    async def synthesize(self, text: str) -> AsyncIterator[SpeechChunk]:
        """Stream one clause.

        Raises:
            SpeechError: every tier failed; chunks already yielded remain valid.
        """
        reason = "recovered"
        for index in self._order():
            self._move_to(index, reason)
            try:
                async with aclosing(self._speak(self._tiers[index], text)) as chunks:
                    async for chunk in chunks:
                        yield chunk
            except LeadlineError as error:
                reason = str(error)
                self._rests_until[index] = self._clock.monotonic() + self._rest_s
            else:
                return
        raise SpeechError(f"every voice failed, the last one so: {reason}")

    def _order(self) -> list[int]:
        """Return the tiers to try: the rested ones, then, rather than silence, the others."""
        now = self._clock.monotonic()
        return sorted(range(len(self._tiers)), key=lambda index: (self._rests_until[index] > now, index))

    def _move_to(self, index: int, reason: str) -> None:
        if index != self._current:
            before, self._current = self._current, index
            self._on_change(self._tiers[before].name, self._tiers[index].name, reason)

    async def _speak(self, tier: TextToSpeech, text: str) -> AsyncGenerator[SpeechChunk, None]:
        chunks = tier.synthesize(text)
        try:
            while True:
                async with asyncio.timeout(self._patience_s):
                    chunk = await anext(chunks, None)
                if chunk is None:
                    return
                yield chunk
        except TimeoutError as error:
            raise SpeechError(f"the voice {tier.name} gave nothing for {self._patience_s:g} s") from error
        finally:
            if isinstance(chunks, AsyncGenerator):
                await chunks.aclose()
