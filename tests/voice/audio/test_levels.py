import numpy as np
import pytest

from voice.audio.levels import SILENCE_DBFS, active_dbfs, frame_levels, peak_dbfs, rms_dbfs


def sine(amplitude: float, seconds: float, rate: int = 8000) -> np.ndarray:
    at = np.arange(round(seconds * rate)) / rate
    return np.rint(amplitude * np.sin(2 * np.pi * 400 * at)).astype(np.int16)


def test_a_full_scale_square_wave_is_zero_and_a_sine_three_less() -> None:
    assert rms_dbfs(np.full(160, -32_768, dtype=np.int16)) == 0.0
    assert rms_dbfs(sine(32_767, 1.0)) == pytest.approx(-3.01, abs=0.01)


def test_peak_is_read_without_overflow() -> None:
    assert peak_dbfs(np.array([-32_768, 5], dtype=np.int16)) == 0.0
    assert peak_dbfs(np.array([16_384], dtype=np.int16)) == pytest.approx(-6.02, abs=0.01)


@pytest.mark.parametrize("pcm", [np.empty(0, dtype=np.int16), np.zeros(320, dtype=np.int16)])
def test_silence_and_nothing_read_as_the_floor(pcm: np.ndarray) -> None:
    assert rms_dbfs(pcm) == peak_dbfs(pcm) == active_dbfs(pcm, sample_rate=8000) == SILENCE_DBFS


def test_frames_have_levels_of_their_own_and_the_last_may_be_short() -> None:
    pcm = np.concatenate((np.zeros(160), np.full(160, 3277), np.full(40, 327))).astype(np.int16)
    assert frame_levels(pcm, frame=160) == pytest.approx([SILENCE_DBFS, -20.0, -40.0], abs=0.05)
    assert frame_levels(pcm[:0], frame=160).size == 0


def test_pauses_do_not_lower_the_active_level() -> None:
    speech = sine(4600, 0.5)
    pauses = np.zeros(8000, dtype=np.int16)
    mixed = np.concatenate((pauses, speech, pauses))
    assert active_dbfs(mixed, sample_rate=8000) == pytest.approx(rms_dbfs(speech), abs=0.2)
    assert rms_dbfs(mixed) < rms_dbfs(speech) - 6
