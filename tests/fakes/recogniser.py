"""Recognisers that know what they will hear."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import numpy as np

from domain.errors import SpeechError
from domain.ports import Pcm16
from domain.turn import Transcript


def transcript(text: str, *, samples: int, sample_rate: int, language: str | None = None) -> Transcript:
    """Return a confident transcript of `samples` of audio."""
    duration_ms = round(samples / sample_rate * 1000)
    return Transcript(
        text=text,
        confidence=0.95 if text else 0.0,
        language=language or "en",
        language_probability=0.99,
        no_speech_probability=0.01 if text else 0.99,
        duration_ms=duration_ms,
        compute_ms=0.0,
        window_ms=duration_ms,
    )


class ScriptedRecogniser:
    """Returns the given texts in order, then nothing; `heard_ms` are the lengths that it was given."""

    def __init__(self, texts: Sequence[str], *, latency_s: float = 0.0, failing: bool = False) -> None:
        """Take `latency_s` for each text, or fail every time."""
        self._texts = list(texts)
        self._latency_s = latency_s
        self._failing = failing
        self.heard_ms: list[int] = []

    async def transcribe(self, pcm: Pcm16, *, sample_rate: int = 16_000, language: str | None = None) -> Transcript:
        """Return the next text.

        Raises:
            SpeechError: this one fails.
        """
        self.heard_ms.append(round(len(pcm) / sample_rate * 1000))
        if self._latency_s:
            await asyncio.sleep(self._latency_s)
        if self._failing:
            raise SpeechError("the recogniser is broken")
        text = self._texts.pop(0) if self._texts else ""
        return transcript(text, samples=len(pcm), sample_rate=sample_rate, language=language)


class ToneRecogniser:
    """Hears each tone as a text: the words of the frequency nearest to the audio's strongest."""

    def __init__(self, texts: Mapping[float, str]) -> None:
        """Map frequencies in Hz to texts."""
        self._texts = dict(texts)

    async def transcribe(self, pcm: Pcm16, *, sample_rate: int = 16_000, language: str | None = None) -> Transcript:
        """Return the tone's text."""
        spectrum = np.abs(np.fft.rfft(pcm.astype(np.float64)))
        strongest = float(np.argmax(spectrum)) * sample_rate / len(pcm)
        nearest = min(self._texts, key=lambda frequency: abs(frequency - strongest))
        return transcript(self._texts[nearest], samples=len(pcm), sample_rate=sample_rate, language=language)
