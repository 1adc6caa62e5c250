"""The local English voice: hibari-tts, whose "heart" model comes inside its package."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from domain.errors import ModelMissing, SpeechError
from domain.ports import SpeechChunk
from voice.tts.shaping import pause_after, shape

if TYPE_CHECKING:
    import numpy as np
    from hibari import Hibari
    from numpy.typing import NDArray

_T = TypeVar("_T")
_RATE = 24_000
_SEED = 7
_SHAPING = "1"
_WARM_LINE = "One moment, please."


class HibariVoice:
    """Text to speech at 24 kHz on one worker thread; the model is loaded by `warm` or the first use.

    The same text always gives the same samples.
    """

    def __init__(self, *, voice: str = "heart", speed: float = 1.0, threads: int = 1, name: str = "hibari") -> None:
        """Take a voice that the package holds; `speed` 0.5 to 2, 1 being natural; `name` is the tier's."""
        self._voice = voice
        self._speed = speed
        self._threads = threads
        self._name = name
        self._engine: Hibari | None = None
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="tts")

    @property
    def name(self) -> str:
        """The tier's name."""
        return self._name

    @property
    def fingerprint(self) -> str:
        """What the sound depends on besides the text: package, model file, voice, speed, shaping; a SHA-256 in hex.

        Raises:
            ModelMissing: the package or its model isn't there.
        """
        try:
            package = version("hibari-tts")
        except PackageNotFoundError as error:
            raise ModelMissing("hibari-tts") from error
        digest = hashlib.sha256(self._model_file().read_bytes())
        digest.update(f"|{package}|{self._voice}|{self._speed}|{_SEED}|{_SHAPING}".encode())
        return digest.hexdigest()

    async def warm(self) -> None:
        """Load the model and speak one line into the void.

        Raises:
            ModelMissing: the package or its model isn't there.
            SpeechError: the engine failed.
        """
        async for _ in self.synthesize(_WARM_LINE):
            pass

    async def synthesize(self, text: str) -> AsyncIterator[SpeechChunk]:
        """Stream one clause, a chunk per sentence in it: silence trimmed, level -20 dBFS, a pause by punctuation.

        Raises:
            ModelMissing: the package or its model isn't there.
            SpeechError: the engine failed; chunks already yielded remain valid.
        """
        sentences = await self._run(partial(self._sentences, text))
        for sentence in sentences:
            chunk = await self._run(partial(self._speak, sentence))
            if chunk.pcm.size:
                yield chunk

    async def close(self) -> None:
        """Drop what waits, and let what runs finish."""
        await asyncio.to_thread(self._worker.shutdown, wait=True, cancel_futures=True)

    async def _run(self, work: Callable[[], _T]) -> _T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._worker, work)
        except (RuntimeError, ValueError, KeyError, OSError) as error:
            raise SpeechError(f"the voice {self._name} failed: {error}") from error

    def _model_file(self) -> Path:
        try:
            from hibari.voices import voice_path

            return Path(voice_path(self._voice, download_missing=False))
        except (ImportError, ValueError, OSError) as error:
            raise ModelMissing(f"hibari voice {self._voice}") from error

    def _load(self) -> Hibari:
        if self._engine is None:
            model = self._model_file()
            from hibari import Hibari

            self._engine = Hibari(voice=self._voice, model=str(model), threads=self._threads)
        return self._engine

    def _sentences(self, text: str) -> list[str]:
        return list(self._load().split_sentences(text))

    def _speak(self, sentence: str) -> SpeechChunk:
        audio: NDArray[np.float32] = self._load()(sentence, speed=self._speed, seed=_SEED)
        return SpeechChunk(shape(audio, sample_rate=_RATE, pause_s=pause_after(sentence)), _RATE)
