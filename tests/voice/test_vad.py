"""Silero on speech, silence, noise and tones."""

from __future__ import annotations

from collections.abc import AsyncIterator

import numpy as np
import pytest

from domain.ports import Pcm16
from voice.audio.g711 import decode_ulaw, encode_ulaw
from voice.audio.resampler import resample
from voice.tts.hibari import HibariVoice
from voice.vad import WINDOW, SileroActivity, load_silero
from weights.store import ModelStore

pytestmark = pytest.mark.models

RATE = 16_000
AT = np.arange(4 * RATE) / RATE
HISS = np.random.default_rng(3).standard_normal(AT.size)
NO_SPEECH = {
    "silence": np.zeros(AT.size),
    "hiss at -40 dBFS": HISS * 327,
    "mains hum": np.sin(2 * np.pi * 60 * AT) * 1_500,
    "ringback": (np.sin(2 * np.pi * 440 * AT) + np.sin(2 * np.pi * 480 * AT)) * 2_000 * (AT % 2 < 1),
    "clicks": (np.arange(AT.size) % 8_000 < 20) * 12_000.0,
}


@pytest.fixture
def activity(models: ModelStore) -> SileroActivity:
    return SileroActivity(load_silero(models.path("silero-vad")))


@pytest.fixture
async def speech() -> AsyncIterator[Pcm16]:
    """A sentence as the telephone carries it, at 16 kHz, with a second of silence on both sides."""
    voice = HibariVoice()
    text = "I am looking for a house with three bedrooms near the park."
    pcm = np.concatenate([resample(chunk.pcm, chunk.sample_rate, 8_000) async for chunk in voice.synthesize(text)])
    yield resample(decode_ulaw(encode_ulaw(np.pad(pcm, 8_000))), 8_000, RATE)
    await voice.close()


def probabilities(activity: SileroActivity, pcm: Pcm16) -> np.ndarray:
    starts = range(0, len(pcm) - WINDOW + 1, WINDOW)
    return np.array([activity.probability(pcm[start : start + WINDOW]) for start in starts])


@pytest.mark.parametrize("sound", NO_SPEECH)
def test_what_is_no_speech_is_not_taken_for_it(activity: SileroActivity, sound: str) -> None:
    found = probabilities(activity, np.clip(NO_SPEECH[sound], -32_767, 32_767).astype(np.int16))
    assert (found >= 0.5).mean() < 0.02


async def test_speech_is_found_where_it_is(activity: SileroActivity, speech: Pcm16) -> None:
    found = probabilities(activity, speech) >= 0.5
    second = RATE // WINDOW
    assert found[second + 3 : -second - 3].mean() > 0.8
    assert not found[: second - 3].any()
    assert not found[-second + 12 :].any()


async def test_a_long_silence_does_not_dull_it(activity: SileroActivity, speech: Pcm16) -> None:
    probabilities(activity, np.zeros(60 * RATE, dtype=np.int16))
    found = probabilities(activity, speech) >= 0.5
    assert found[RATE // WINDOW + 3 : -(RATE // WINDOW) - 3].mean() > 0.8


async def test_calls_share_a_model_and_no_state(models: ModelStore, speech: Pcm16) -> None:
    session = load_silero(models.path("silero-vad"))
    alone = probabilities(SileroActivity(session), speech)
    one, other = SileroActivity(session), SileroActivity(session)
    noise = (HISS * 3_000).astype(np.int16)
    mixed = []
    for start in range(0, len(speech) - WINDOW + 1, WINDOW):
        mixed.append(one.probability(speech[start : start + WINDOW]))
        other.probability(noise[:WINDOW])
    assert np.allclose(alone, mixed)
