"""The recording: two sides in sync, cleared audio taken back, bounded."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

from voice.recording import RATE, Recording


def tone(ms: int, level: int) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    return np.full(ms * RATE // 1000, level, dtype=np.int16)


def test_both_sides_lie_at_their_own_times() -> None:
    recording = Recording(limit_ms=10_000)
    recording.lead(tone(20, 100), at_ms=0)
    recording.lead(tone(20, 300), at_ms=40)
    recording.agent(tone(20, 200), at_ms=20)
    stereo = recording.stereo()
    assert stereo.shape == (480, 2)
    assert stereo[0].tolist() == [100, 0]
    assert stereo[160].tolist() == [0, 200]
    assert stereo[320].tolist() == [300, 0]


def test_cleared_audio_was_never_heard() -> None:
    recording = Recording(limit_ms=10_000)
    recording.agent(tone(1_000, 200), at_ms=0)
    recording.agent_cleared(at_ms=250)
    assert len(recording.stereo()) == 2_000


def test_a_call_longer_than_the_limit_keeps_its_beginning() -> None:
    recording = Recording(limit_ms=100)
    recording.lead(tone(20, 7), at_ms=90)
    recording.lead(tone(20, 7), at_ms=500)
    assert len(recording.stereo()) == 800


def test_a_long_call_grows_the_buffer() -> None:
    recording = Recording(limit_ms=120_000)
    recording.lead(tone(20, 7), at_ms=0)
    recording.lead(tone(20, 9), at_ms=61_000)
    stereo = recording.stereo()
    assert stereo[0, 0] == 7
    assert stereo[61_000 * 8, 0] == 9


def test_the_file_is_a_16_bit_stereo_wav(tmp_path: Path) -> None:
    recording = Recording(limit_ms=1_000)
    recording.lead(tone(20, -5), at_ms=0)
    recording.save(tmp_path / "calls" / "a.wav")
    with wave.open(str(tmp_path / "calls" / "a.wav")) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate(), file.getnframes()) == (2, 2, 8000, 160)
    assert [path.name for path in (tmp_path / "calls").iterdir()] == ["a.wav"]
