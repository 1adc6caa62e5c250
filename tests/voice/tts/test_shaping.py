import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice.audio.levels import active_dbfs, frame_levels, peak_dbfs
from voice.tts.shaping import PEAK_DBFS, TARGET_DBFS, pause_after, shape

RATE = 24_000


def voice(seconds: float, amplitude: float, *, seed: int = 0) -> np.ndarray:
    """Noise with a syllable's rise and fall, between silences."""
    at = np.arange(round(seconds * RATE)) / RATE
    noise = np.random.default_rng(seed).standard_normal(at.size)
    body = amplitude * noise * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * at))
    return np.concatenate((np.zeros(RATE // 4), body, np.zeros(RATE // 2))).astype(np.float32)


def test_silence_before_is_cut_to_ten_milliseconds_and_after_to_the_pause() -> None:
    out = shape(voice(1.0, 0.05), sample_rate=RATE, pause_s=0.25)
    levels = frame_levels(out, frame=RATE // 400)
    loud = np.flatnonzero(levels > -45)
    assert loud[0] * 2.5 <= 10
    assert (levels.size - 1 - loud[-1]) * 2.5 == pytest.approx(250, abs=40)


@settings(max_examples=20, deadline=None)
@given(amplitude=st.floats(0.002, 0.9), seed=st.integers(0, 99))
def test_any_loudness_comes_out_at_one_level_without_clipping(amplitude: float, seed: int) -> None:
    out = shape(voice(0.6, amplitude, seed=seed), sample_rate=RATE, pause_s=0.0)
    assert active_dbfs(out, sample_rate=RATE) == pytest.approx(TARGET_DBFS, abs=1.0)
    assert peak_dbfs(out) <= PEAK_DBFS + 0.01


def test_a_lone_peak_is_held_down() -> None:
    audio = voice(0.6, 0.05)
    audio[RATE // 2] = 1.0
    assert peak_dbfs(shape(audio, sample_rate=RATE, pause_s=0.0)) <= PEAK_DBFS + 0.01


@pytest.mark.parametrize("audio", [np.zeros(0, dtype=np.float32), np.zeros(RATE, dtype=np.float32)])
def test_silence_gives_nothing(audio: np.ndarray) -> None:
    assert shape(audio, sample_rate=RATE, pause_s=0.2).size == 0


def test_pauses_follow_the_last_mark() -> None:
    assert pause_after('Is that right?" ') == pause_after("Yes.") > pause_after("Well,") > pause_after("and then")
    assert pause_after("") == pause_after("and then")
