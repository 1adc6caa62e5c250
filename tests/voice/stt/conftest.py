"""The real recogniser, and speech for it to hear."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import numpy as np
import pytest

from voice.audio.g711 import decode_ulaw, encode_ulaw
from voice.audio.resampler import resample
from voice.stt.whisper import WhisperOptions, WhisperStt
from voice.tts.hibari import HibariVoice
from weights.store import ModelStore

Say = Callable[[str], Awaitable[np.ndarray]]


@pytest.fixture
def whisper_folder(models: ModelStore) -> Path:
    return models.path("whisper-base")


@pytest.fixture
async def whisper(whisper_folder: Path) -> AsyncIterator[WhisperStt]:
    stt = WhisperStt(whisper_folder, WhisperOptions(threads=2, languages=("en", "es", "ru", "he", "pt")))
    yield stt
    await stt.close()


@pytest.fixture
async def say() -> AsyncIterator[Say]:
    """Speak a line as a telephone carries it: µ-law at 8 kHz with 200 ms of silence around."""
    voice = HibariVoice()

    async def speak(text: str) -> np.ndarray:
        pcm = np.concatenate([resample(chunk.pcm, chunk.sample_rate, 8000) async for chunk in voice.synthesize(text)])
        return decode_ulaw(encode_ulaw(np.pad(pcm, 1600)))

    yield speak
    await voice.close()
