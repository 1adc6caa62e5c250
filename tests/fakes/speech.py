"""A voice and a recogniser without models."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable

import numpy as np

from domain.errors import SpeechError
from domain.ports import Pcm16, SpeechChunk
from domain.turn import Transcript, TranscriptSegment
from voice.audio.levels import rms_dbfs

_SILENCE_DBFS = -55.0


class ToneVoice:
    """Speaks text as a 200 Hz tone at about -20 dBFS, 60 ms a character, in chunks of 100 ms.

    With `fail_after` the voice breaks after that many chunks of a clause.
    """

    def __init__(self, name: str = "tone", *, sample_rate: int = 24_000, fail_after: int | None = None) -> None:
        """Take the tier's name and rate; `spoken` collects the texts."""
        self._name = name
        self._sample_rate = sample_rate
        self.fail_after = fail_after
        self.spoken: list[str] = []

    @property
    def name(self) -> str:
        """The tier's name."""
        return self._name

    async def synthesize(self, text: str) -> AsyncIterator[SpeechChunk]:
        """Stream the tone.

        Raises:
            SpeechError: `fail_after` chunks have been given.
        """
        self.spoken.append(text)
        at = np.arange(round(len(text.strip()) * 0.06 * self._sample_rate))
        pcm = np.rint(4600 * np.sin(2 * np.pi * 200 * at / self._sample_rate)).astype(np.int16)
        step = self._sample_rate // 10
        for given, start in enumerate(range(0, pcm.size, step)):
            if self.fail_after is not None and given >= self.fail_after:
                raise SpeechError(f"the voice {self._name} failed: scripted")
            yield SpeechChunk(pcm[start : start + step], self._sample_rate)


class ScriptedStt:
    """Recognises utterances by script: the next text for each piece of audio that isn't silent."""

    def __init__(self, texts: Iterable[str] = (), *, confidence: float = 0.9, language: str = "en") -> None:
        """Take the texts in order; when they run out, "hello" follows."""
        self._texts = iter(list(texts))
        self._confidence = confidence
        self._language = language
        self.fails = False

    async def transcribe(self, pcm: Pcm16, *, sample_rate: int = 16_000, language: str | None = None) -> Transcript:
        """Return the next text, or the empty transcript of silence.

        Raises:
            SpeechError: `fails` is set.
        """
        if self.fails:
            raise SpeechError("recognition failed: scripted")
        silent = rms_dbfs(pcm) < _SILENCE_DBFS
        duration_ms = pcm.size * 1000 // sample_rate
        text = "" if silent else next(self._texts, "hello")
        confidence = 0.0 if silent else self._confidence
        return Transcript(
            text=text,
            confidence=confidence,
            language=language or self._language,
            language_probability=1.0 if language else 0.9,
            no_speech_probability=1.0 if silent else 0.01,
            duration_ms=duration_ms,
            compute_ms=0.0,
            window_ms=0,
            segments=() if silent else (TranscriptSegment(text, 0, duration_ms, confidence),),
        )
