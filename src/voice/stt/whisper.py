"""The recogniser: Whisper on a right-sized window, off the event loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from domain.errors import SpeechError
from domain.ports import Pcm16
from domain.turn import Transcript, TranscriptSegment
from voice.audio.resampler import resample
from voice.stt import guards
from voice.stt.window import FULL_WINDOW_S, WINDOWS_S, Span, cut_at_pauses, find_speech, window_for

if TYPE_CHECKING:
    from voice.stt.engine import Decoding, Encoding, WhisperEngine

_SAMPLE_RATE = 16_000
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class WhisperOptions:
    """How Whisper runs.

    `threads` is settled by the first model of a process; later ones were measured to keep its count.
    `pad_s` is the silence that its window holds behind the speech: with less than about 6 s it loops on short
    utterances; None always takes the full 30 s. `windows_s` are the sizes that windows are rounded up to, ascending.
    `languages` limits what is detected; empty means all that it knows.
    """

    threads: int = 2
    pad_s: float | None = 7.0
    windows_s: tuple[float, ...] = WINDOWS_S
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Language:
    code: str
    probability: float


@dataclass(frozen=True, slots=True)
class _Heard:
    """One recognised chunk."""

    segment: TranscriptSegment
    language: _Language
    no_speech_probability: float
    window_s: float
    retried: bool


class WhisperStt:
    """Speech to text on one worker thread; the model is loaded by `warm` or the first use."""

    def __init__(
        self,
        directory: Path,
        options: WhisperOptions | None = None,
        *,
        monotonic: Callable[[], float] = time.perf_counter,
    ) -> None:
        """Take the folder of a CTranslate2 model; `monotonic` measures `compute_ms`, in seconds."""
        self._directory = directory
        self._options = options or WhisperOptions()
        self._monotonic = monotonic
        self._engine: WhisperEngine | None = None
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="stt")

    async def warm(self) -> None:
        """Load the model and run it once on the smallest window.

        Raises:
            SpeechError: the folder holds no such model.
        """
        await self._run(self._warm)

    async def transcribe(self, pcm: Pcm16, *, sample_rate: int = 16_000, language: str | None = None) -> Transcript:
        """Recognise int16 samples, shape (n,), at any rate; silence and noise give an empty text of confidence 0.

        Cancelling it while another recognition runs takes it out of the queue.

        Raises:
            SpeechError: the engine failed, or doesn't know `language`.
        """
        return await self._run(partial(self._transcribe, pcm, sample_rate, language))

    async def close(self) -> None:
        """Drop what waits, and let what runs finish."""
        await asyncio.to_thread(self._worker.shutdown, wait=True, cancel_futures=True)

    async def _run(self, work: Callable[[], _T]) -> _T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._worker, work)
        except RuntimeError as error:
            raise SpeechError(f"recognition failed: {error}") from error

    def _load(self) -> WhisperEngine:
        if self._engine is None:
            from voice.stt.engine import WhisperEngine  # imports half a second of libraries

            self._engine = WhisperEngine(self._directory, threads=self._options.threads)
        return self._engine

    def _warm(self) -> None:
        engine = self._load()
        encoding = engine.encode(np.zeros(_SAMPLE_RATE, dtype=np.float32), window_s=self._window(0.5))
        engine.decode(encoding, language="en", token_limit=1)

    def _transcribe(self, pcm: Pcm16, sample_rate: int, language: str | None) -> Transcript:
        began = self._monotonic()
        pcm16 = resample(pcm, sample_rate, _SAMPLE_RATE)
        speech = find_speech(pcm16, sample_rate=_SAMPLE_RATE)
        heard: list[_Heard] = []
        held = _Language(language, 1.0) if language else None
        for span in cut_at_pauses(pcm16, speech, sample_rate=_SAMPLE_RATE) if speech else ():
            heard.append(self._hear(pcm16, span, held))
            held = held or heard[-1].language
        return self._transcript(heard, pcm.size * 1000 // sample_rate, held, (self._monotonic() - began) * 1000)

    def _hear(self, pcm: Pcm16, span: Span, held: _Language | None) -> _Heard:
        """Recognise one chunk on its own window, and once more on the full one where a guard trips."""
        audio = pcm[span.start : span.stop].astype(np.float32) / np.float32(32_768)
        window_s = self._window(span.size / _SAMPLE_RATE)
        decoding, language = self._decode(audio, window_s, held)
        retried = False
        if _is_suspect(decoding) and not _is_no_speech(decoding) and window_s < FULL_WINDOW_S:
            window_s, retried = FULL_WINDOW_S, True
            again, language_again = self._decode(audio, window_s, held)
            if not _is_suspect(again) or again.log_probability >= decoding.log_probability:
                decoding, language = again, language_again
        at_ms = (span.start * 1000 // _SAMPLE_RATE, span.stop * 1000 // _SAMPLE_RATE)
        return _Heard(_segment(decoding, *at_ms), language, decoding.no_speech_probability, window_s, retried)

    def _window(self, seconds: float) -> float:
        pad_s = self._options.pad_s
        return FULL_WINDOW_S if pad_s is None else window_for(seconds, pad_s, self._options.windows_s)

    def _decode(
        self, audio: NDArray[np.float32], window_s: float, held: _Language | None
    ) -> tuple[Decoding, _Language]:
        engine = self._load()
        encoding: Encoding = engine.encode(audio, window_s=window_s)
        language = held or _Language(*engine.detect_language(encoding, among=self._options.languages))
        limit = guards.token_limit(audio.size / _SAMPLE_RATE)
        return engine.decode(encoding, language=language.code, token_limit=limit), language

    @staticmethod
    def _transcript(heard: list[_Heard], duration_ms: int, held: _Language | None, compute_ms: float) -> Transcript:
        segments = tuple(each.segment for each in heard if each.segment.text)
        length = sum(len(segment.text) for segment in segments)
        language = held or _Language("en", 0.0)
        return Transcript(
            text=" ".join(segment.text for segment in segments),
            confidence=sum(segment.confidence * len(segment.text) for segment in segments) / length if length else 0.0,
            language=language.code,
            language_probability=language.probability,
            no_speech_probability=min((each.no_speech_probability for each in heard), default=1.0),
            duration_ms=duration_ms,
            compute_ms=compute_ms,
            window_ms=round(max((each.window_s for each in heard), default=0.0) * 1000),
            retried=any(each.retried for each in heard),
            segments=segments,
        )


def _is_suspect(decoding: Decoding) -> bool:
    return guards.is_suspect(decoding.text, log_probability=decoding.log_probability, complete=decoding.complete)


def _is_no_speech(decoding: Decoding) -> bool:
    return guards.is_no_speech(
        log_probability=decoding.log_probability, no_speech_probability=decoding.no_speech_probability
    )


def _segment(decoding: Decoding, start_ms: int, end_ms: int) -> TranscriptSegment:
    """Return the chunk as a segment, empty where nobody spoke."""
    if _is_no_speech(decoding) or guards.is_invented(decoding.log_probability):
        return TranscriptSegment("", start_ms, end_ms, 0.0)
    certainty = guards.confidence(
        log_probability=decoding.log_probability,
        no_speech_probability=decoding.no_speech_probability,
        suspect=_is_suspect(decoding),
    )
    return TranscriptSegment(guards.collapse_loops(decoding.text), start_ms, end_ms, certainty)
