from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice.audio.resampler import Resampler, resample

RATES = [(8000, 16_000), (16_000, 8000), (24_000, 8000), (24_000, 16_000), (22_050, 8000), (22_050, 16_000)]


def tone(frequency: float, rate: int, seconds: float = 1.0, amplitude: float = 16_000) -> np.ndarray:
    at = np.arange(round(seconds * rate)) / rate
    return np.rint(amplitude * np.sin(2 * np.pi * frequency * at)).astype(np.int16)


def spectrum_db(pcm: np.ndarray) -> np.ndarray:
    """Amplitudes against 16,000, by bin; a Blackman-Harris-like window keeps leakage under -90 dB."""
    window = np.kaiser(pcm.size, 14)
    return np.asarray(20 * np.log10(np.abs(np.fft.rfft(pcm * window)) * 2 / window.sum() / 16_000 + 1e-9))


def steady(pcm: np.ndarray, rate: int) -> np.ndarray:
    """Half a second from the middle, clear of both ends."""
    return pcm[rate // 4 : rate // 4 + rate // 2]


@pytest.mark.parametrize(("source", "target"), RATES)
@pytest.mark.parametrize("frequency", [100, 300, 1000, 2000, 3000, 3400])
def test_tones_of_the_telephone_band_keep_their_level(source: int, target: int, frequency: int) -> None:
    out = steady(resample(tone(frequency, source), source, target), target)
    assert spectrum_db(out).max() == pytest.approx(0.0, abs=0.1)


@pytest.mark.parametrize("frequency", [300, 1000, 2000, 3000, 3400])
def test_images_stay_under_minus_80_db(frequency: int) -> None:
    levels = spectrum_db(steady(resample(tone(frequency, 8000), 8000, 16_000), 16_000))
    image = round((8000 - frequency) / 2)
    assert levels[image - 20 : image + 21].max() < -80


@pytest.mark.parametrize(("source", "target"), [(16_000, 8000), (24_000, 8000), (22_050, 8000), (48_000, 8000)])
@pytest.mark.parametrize("frequency", [4700, 5000, 6000, 7500])
def test_tones_above_the_target_band_do_not_fold_into_it(source: int, target: int, frequency: int) -> None:
    assert spectrum_db(steady(resample(tone(frequency, source), source, target), target)).max() < -80


@pytest.mark.parametrize(("source", "target"), RATES)
def test_delay_is_what_it_says_and_under_three_milliseconds(source: int, target: int) -> None:
    resampler = Resampler(source, target)
    click = np.zeros(source // 10, dtype=np.int16)
    click[source // 50] = 30_000
    out = np.concatenate((resampler.process(click), resampler.flush()))
    late = np.argmax(np.abs(out)) / target - 0.02
    assert late == pytest.approx(resampler.delay_s, abs=1.5 / target)
    assert resampler.delay_s < 0.003


@settings(max_examples=60, deadline=None)
@given(
    rates=st.sampled_from([*RATES, (44_100, 8000), (8000, 8000)]),
    cuts=st.lists(st.integers(0, 2000), max_size=12),
    seed=st.integers(0, 2**16),
)
def test_blocks_of_any_size_give_the_same_stream(rates: tuple[int, int], cuts: list[int], seed: int) -> None:
    pcm = np.random.default_rng(seed).integers(-32_768, 32_768, 2000).astype(np.int16)
    whole, pieces = Resampler(*rates), Resampler(*rates)
    edges = [0, *sorted(cuts), pcm.size]
    out = [pieces.process(pcm[start:stop]) for start, stop in pairwise(edges)]
    expected = np.concatenate((whole.process(pcm), whole.flush()))
    assert np.array_equal(np.concatenate([*out, pieces.flush()]), expected)


def test_twenty_millisecond_frames_come_out_whole_from_the_first() -> None:
    up, down = Resampler(8000, 16_000), Resampler(24_000, 8000)
    for _ in range(5):
        assert up.process(np.ones(160, dtype=np.int16)).size == 320
        assert down.process(np.ones(480, dtype=np.int16)).size == 160


def test_loud_audio_clips_instead_of_wrapping() -> None:
    square = np.where(np.arange(800) // 20 % 2, 32_767, -32_768).astype(np.int16)
    out = resample(square, 8000, 16_000).astype(np.int32)
    assert np.abs(np.diff(out)).max() < 60_000
    assert out.max() == 32_767


def test_flush_starts_anew() -> None:
    resampler = Resampler(22_050, 8000)
    first = np.concatenate((resampler.process(tone(500, 22_050)), resampler.flush()))
    assert np.array_equal(np.concatenate((resampler.process(tone(500, 22_050)), resampler.flush())), first)


@pytest.mark.parametrize(("source", "target"), [*RATES, (8000, 8000)])
@pytest.mark.parametrize("size", [0, 1, 159, 4411])
def test_whole_pieces_keep_their_duration_and_place(source: int, target: int, size: int) -> None:
    assert resample(np.ones(size, dtype=np.int16), source, target).size == -(-size * target // source)
    at = np.argmax(resample(np.eye(1, source // 10, source // 50, dtype=np.int16)[0] * 30_000, source, target))
    assert at == pytest.approx(target / 50, abs=1)


@pytest.mark.parametrize("rates", [(0, 8000), (8000, -1)])
def test_rates_must_be_positive(rates: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="positive"):
        Resampler(*rates)
