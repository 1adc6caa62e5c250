"""Levels in dBFS: 0 dBFS is the power of a full-scale square wave, 32,768."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from domain.ports import Pcm16

SILENCE_DBFS = -120.0
"""What silence and empty audio read as."""

_FULL_SCALE = 32_768.0


def _power_dbfs(power: float) -> float:
    return max(SILENCE_DBFS, 10.0 * float(np.log10(power / _FULL_SCALE**2))) if power > 0 else SILENCE_DBFS


def rms_dbfs(pcm: Pcm16) -> float:
    """Return the mean level of int16 samples, shape (n,), in dBFS."""
    if not pcm.size:
        return SILENCE_DBFS
    wide = pcm.astype(np.float64)
    return _power_dbfs(float(np.dot(wide, wide)) / wide.size)


def peak_dbfs(pcm: Pcm16) -> float:
    """Return the level of the largest sample of int16 samples, shape (n,), in dBFS."""
    return _power_dbfs(float(np.abs(pcm.astype(np.float64)).max()) ** 2) if pcm.size else SILENCE_DBFS


def frame_levels(pcm: Pcm16, *, frame: int) -> NDArray[np.float64]:
    """Return the dBFS of each `frame` samples, shape (ceil(n / frame),); the last frame may be shorter."""
    if not pcm.size:
        return np.empty(0)
    starts = np.arange(0, pcm.size, frame)
    energy = np.add.reduceat(np.square(pcm, dtype=np.float64), starts)
    lengths = np.minimum(frame, pcm.size - starts)
    floor = _FULL_SCALE**2 * 10 ** (SILENCE_DBFS / 10)
    return np.asarray(10.0 * np.log10(np.maximum(energy / lengths, floor) / _FULL_SCALE**2))


def active_dbfs(pcm: Pcm16, *, sample_rate: int, depth_db: float = 25.0) -> float:
    """Return the mean level of the 20 ms frames that lie within `depth_db` of the loudest: speech, no pauses."""
    levels = frame_levels(pcm, frame=sample_rate // 50)
    if not levels.size or levels.max() <= SILENCE_DBFS:
        return SILENCE_DBFS
    active = levels[levels >= levels.max() - depth_db]
    return float(10.0 * np.log10(np.mean(10 ** (active / 10))))
