"""Levels, trimming, resampling and WAV files."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from domain.errors import InvalidFile
from simulator.sound import (
    at_speech_level,
    frames,
    is_audible,
    level_dbfs,
    read_wav,
    resample,
    silence,
    trimmed,
    write_wav,
)
from tests.simulator.support import tone


@pytest.mark.parametrize("dbfs", [-60.0, -45.5, -20.0, -6.0])
def test_level_is_rms_below_full_scale(dbfs: float) -> None:
    assert level_dbfs(tone(400.0, 200, dbfs=dbfs)) == pytest.approx(dbfs, abs=0.1)


def test_silence_has_no_level_and_is_not_audible() -> None:
    assert level_dbfs(silence(20)) == float("-inf")
    assert not is_audible(silence(20))
    assert is_audible(tone(400.0, 20, dbfs=-44.5))
    assert not is_audible(tone(400.0, 20, dbfs=-45.5))


def test_frames_hold_160_samples_and_the_rest() -> None:
    assert [len(frame) for frame in frames(silence(50))] == [160, 160, 80]


def test_trimming_drops_silence_around_speech() -> None:
    padded = np.concatenate([silence(200), tone(300.0, 100), silence(300)])
    assert len(trimmed(padded)) == 800
    assert len(trimmed(silence(100))) == 0


def test_speech_is_brought_to_level_and_never_clips() -> None:
    quiet = np.concatenate([tone(300.0, 200, dbfs=-35.0), silence(200)])
    assert level_dbfs(at_speech_level(quiet)[:1600]) == pytest.approx(-20, abs=0.1)
    spiky = tone(300.0, 200, dbfs=-30.0)
    spiky[100] = 30_000
    assert np.max(np.abs(at_speech_level(spiky).astype(np.int32))) <= 32_000
    assert np.array_equal(at_speech_level(silence(40)), silence(40))


def test_wav_of_any_rate_is_read_at_8_khz(tmp_path: Path) -> None:
    path = tmp_path / "tone.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(22_050)
        file.writeframes(resample(tone(440.0, 500), 8_000, 22_050).tobytes())
    pcm = read_wav(path)
    assert len(pcm) == pytest.approx(4_000, abs=2)
    assert level_dbfs(pcm) == pytest.approx(-20, abs=0.3)


def test_stereo_is_written_left_first(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "stereo.wav"
    write_wav(path, tone(300.0, 100), silence(100))
    assert np.array_equal(read_wav(path), tone(300.0, 100))


def test_files_that_are_no_sound_are_named(tmp_path: Path) -> None:
    text, eight_bit = tmp_path / "a.wav", tmp_path / "b.wav"
    text.write_text("hello")
    with wave.open(str(eight_bit), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8_000)
        file.writeframes(b"\x80" * 80)
    with pytest.raises(InvalidFile, match=r"a\.wav: not a WAV file"):
        read_wav(text)
    with pytest.raises(InvalidFile, match=r"b\.wav: a 16-bit WAV is needed"):
        read_wav(eight_bit)
    with pytest.raises(InvalidFile, match="no such file"):
        read_wav(tmp_path / "none.wav")
