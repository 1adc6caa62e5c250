"""Smart Turn on whole sentences and on ones that were cut."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from domain.ports import Pcm16
from voice.audio.g711 import decode_ulaw, encode_ulaw
from voice.audio.resampler import resample
from voice.smart_turn import SmartTurn
from voice.tts.hibari import HibariVoice
from weights.store import ModelStore

pytestmark = pytest.mark.models

Say = Callable[[str], Awaitable[Pcm16]]


@pytest.fixture
def turn_model(models: ModelStore) -> Iterator[SmartTurn]:
    with ThreadPoolExecutor(max_workers=1) as executor:
        yield SmartTurn(models.path("smart-turn-v3.2"), executor)


@pytest.fixture
async def say() -> AsyncIterator[Say]:
    """Speak a line as the telephone carries it, at 16 kHz, 200 ms of silence behind it."""
    voice = HibariVoice()

    async def speak(text: str) -> Pcm16:
        pcm = np.concatenate([resample(chunk.pcm, chunk.sample_rate, 8_000) async for chunk in voice.synthesize(text)])
        return resample(decode_ulaw(encode_ulaw(np.pad(pcm, (1_600, 1_600)))), 8_000, 16_000)

    yield speak
    await voice.close()


async def test_a_finished_sentence_sounds_more_finished_than_its_beginning(turn_model: SmartTurn, say: Say) -> None:
    whole = await say("I am looking for a house with three bedrooms near the park.")
    cut = whole[: int(len(whole) * 0.45)]
    finished, unfinished = await turn_model.probability(whole), await turn_model.probability(cut)
    assert finished > 0.5
    assert unfinished < finished


@pytest.mark.parametrize("length", [0, 1, 16_000, 8 * 16_000, 20 * 16_000])
async def test_any_length_gives_a_probability(turn_model: SmartTurn, length: int) -> None:
    pcm = np.random.default_rng(1).integers(-300, 300, length).astype(np.int16)
    assert 0.0 <= await turn_model.probability(pcm) <= 1.0


async def test_only_the_last_eight_seconds_count(turn_model: SmartTurn, say: Say) -> None:
    sentence = await say("Yes, that is fine with me.")
    tail = np.concatenate((np.zeros(8 * 16_000 - len(sentence), dtype=np.int16), sentence))
    before = np.random.default_rng(1).integers(-3_000, 3_000, 32_000).astype(np.int16)
    longer = await turn_model.probability(np.concatenate((before, tail)))
    assert longer == pytest.approx(await turn_model.probability(tail), abs=1e-6)
