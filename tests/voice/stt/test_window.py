from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice.stt.window import FULL_WINDOW_S, LONGEST_CHUNK_S, WINDOWS_S, Span, cut_at_pauses, find_speech, window_for

RATE = 16_000


def noise(seconds: float, amplitude: float) -> np.ndarray:
    return np.rint(np.random.default_rng(0).standard_normal(round(seconds * RATE)) * amplitude).astype(np.int16)


def join(*parts: np.ndarray) -> np.ndarray:
    return np.concatenate(parts)


@pytest.mark.parametrize("floor", [0, 30, 150])
def test_silence_around_speech_is_cut_to_200_ms(floor: float) -> None:
    span = find_speech(join(noise(2, floor), noise(1, 3000), noise(3, floor)), sample_rate=RATE)
    assert span is not None
    assert span.start / RATE == pytest.approx(1.8, abs=0.05)
    assert span.stop / RATE == pytest.approx(3.2, abs=0.05)


def test_a_pause_inside_speech_stays() -> None:
    span = find_speech(join(noise(0.5, 3000), noise(2, 10), noise(0.5, 3000)), sample_rate=RATE)
    assert span == Span(0, 3 * RATE)


@pytest.mark.parametrize("pcm", [np.empty(0, dtype=np.int16), np.zeros(RATE, dtype=np.int16), noise(1, 20)])
def test_silence_and_faint_hiss_hold_no_speech(pcm: np.ndarray) -> None:
    assert find_speech(pcm, sample_rate=RATE) is None


def test_steady_sound_is_kept_whole_for_the_model_to_judge() -> None:
    assert find_speech(noise(1, 1000), sample_rate=RATE) == Span(0, RATE)


def test_short_audio_is_one_chunk() -> None:
    pcm = noise(5, 3000)
    assert list(cut_at_pauses(pcm, Span(100, pcm.size), sample_rate=RATE)) == [Span(100, pcm.size)]


def test_long_audio_is_cut_in_its_pauses() -> None:
    pcm = join(noise(20, 3000), noise(0.5, 10), noise(25, 3000), noise(0.5, 10), noise(14, 3000))
    spans = list(cut_at_pauses(pcm, Span(0, pcm.size), sample_rate=RATE))
    assert [span.stop / RATE for span in spans] == [
        pytest.approx(20.25, abs=0.15),
        pytest.approx(45.75, abs=0.15),
        60.0,
    ]


@settings(deadline=None)
@given(seconds=st.floats(0.1, 120))
def test_chunks_cover_all_and_none_is_too_long(seconds: float) -> None:
    pcm = np.ones(round(seconds * RATE), dtype=np.int16)
    spans = list(cut_at_pauses(pcm, Span(0, pcm.size), sample_rate=RATE))
    assert spans[0].start == 0
    assert spans[-1].stop == pcm.size
    assert all(before.stop == after.start for before, after in pairwise(spans))
    assert all(0 < span.size <= LONGEST_CHUNK_S * RATE for span in spans)


@settings(deadline=None)
@given(seconds=st.floats(0, 28), pad=st.floats(0, 10))
def test_the_window_holds_audio_and_pad_or_is_the_full_one(seconds: float, pad: float) -> None:
    window = window_for(seconds, pad)
    assert window in WINDOWS_S
    assert window >= min(seconds + pad, FULL_WINDOW_S)


def test_a_two_second_utterance_takes_a_third_of_the_full_window() -> None:
    assert window_for(2.4, 7.0) == 10.0
