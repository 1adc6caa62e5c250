"""Samples of a telephone line: frames of 20 ms at 8 kHz, levels in dBFS, WAV files."""

from __future__ import annotations

import wave
from math import gcd
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

from domain.errors import InvalidFile
from domain.ports import Pcm16

SAMPLE_RATE = 8_000
FRAME_MS = 20
FRAME_SAMPLES = SAMPLE_RATE * FRAME_MS // 1000
SAMPLES_PER_MS = SAMPLE_RATE // 1000
AUDIBLE_DBFS = -45.0
SPEECH_DBFS = -20.0

_PEAK = 32_000.0


def level_dbfs(pcm: Pcm16) -> float:
    """Return the RMS level of `pcm` in dB below a full-scale square wave; -inf for digital silence."""
    power = float(np.mean(np.square(pcm, dtype=np.float64))) if pcm.size else 0.0
    return 10 * float(np.log10(power / 32_768.0**2)) if power > 0 else float("-inf")


def is_audible(pcm: Pcm16) -> bool:
    """Whether `pcm` is above -45 dBFS."""
    return level_dbfs(pcm) > AUDIBLE_DBFS


def frames(pcm: Pcm16) -> list[Pcm16]:
    """Cut `pcm` in 20 ms frames; the last may be shorter."""
    return [pcm[start : start + FRAME_SAMPLES] for start in range(0, len(pcm), FRAME_SAMPLES)]


def silence(duration_ms: float) -> Pcm16:
    """Return digital silence of `duration_ms`."""
    return np.zeros(round(duration_ms * SAMPLES_PER_MS), dtype=np.int16)


def to_pcm16(samples: NDArray[np.float64]) -> Pcm16:
    """Round and clip `samples`, in units of one 16-bit step."""
    return np.clip(np.rint(samples), -32_768, 32_767).astype(np.int16)


def resample(pcm: Pcm16, from_rate: int, to_rate: int) -> Pcm16:
    """Return whole-signal polyphase resampling of `pcm`; not for streams."""
    if from_rate == to_rate:
        return pcm
    common = gcd(from_rate, to_rate)
    return to_pcm16(resample_poly(pcm.astype(np.float64), to_rate // common, from_rate // common))


def trimmed(pcm: Pcm16) -> Pcm16:
    """Drop the 20 ms frames before the first and after the last audible one."""
    audible = [index for index, frame in enumerate(frames(pcm)) if is_audible(frame)]
    if not audible:
        return pcm[:0]
    return pcm[audible[0] * FRAME_SAMPLES : (audible[-1] + 1) * FRAME_SAMPLES]


def at_speech_level(pcm: Pcm16) -> Pcm16:
    """Scale `pcm` so that its audible frames average -20 dBFS RMS, less where a peak would clip."""
    active = [frame for frame in frames(pcm) if is_audible(frame)]
    if not active:
        return pcm
    gain = 10 ** ((SPEECH_DBFS - level_dbfs(np.concatenate(active))) / 20)
    peak = float(np.max(np.abs(pcm.astype(np.float64))))
    return to_pcm16(pcm.astype(np.float64) * min(gain, _PEAK / peak))


def read_wav(path: Path) -> Pcm16:
    """Read a 16-bit WAV of any rate as mono 8 kHz; of several channels the first.

    Raises:
        InvalidFile: the file is missing or no 16-bit WAV.
    """
    try:
        with wave.open(str(path), "rb") as file:
            width, channels, rate = file.getsampwidth(), file.getnchannels(), file.getframerate()
            raw = file.readframes(file.getnframes())
    except FileNotFoundError as error:
        raise InvalidFile(path, "no such file") from error
    except (wave.Error, EOFError) as error:
        raise InvalidFile(path, f"not a WAV file: {error}") from error
    if width != 2:
        raise InvalidFile(path, f"a 16-bit WAV is needed, this one has {width * 8} bits")
    return resample(np.frombuffer(raw, dtype="<i2").reshape(-1, channels)[:, 0], rate, SAMPLE_RATE)


def write_wav(path: Path, *channels: Pcm16) -> None:
    """Write 8 kHz 16-bit `channels` of equal length, the first left."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(len(channels))
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(np.stack(channels, axis=1).astype("<i2").tobytes())
