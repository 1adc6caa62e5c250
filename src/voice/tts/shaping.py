"""What every clause gets before it is played: silence trimmed, a pause by punctuation, one level, no clipping."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from domain.ports import Pcm16
from voice.audio.levels import SILENCE_DBFS, active_dbfs, frame_levels

TARGET_DBFS = -20.0
"""Mean level of speech without its pauses."""

PEAK_DBFS = -4.0
"""Ceiling of a sample; a later resampler may add up to 1 dB."""

_FRAME_S = 0.0025
_ONSET_DB = 35.0
_LEAD_S = 0.005
_DECAY_S = 0.03
_FADE_S = 0.002
_LIMITER_BLOCK_S = 0.002
_PAUSES_S = {".": 0.25, "!": 0.25, "?": 0.25, "…": 0.35, ",": 0.12, ";": 0.18, ":": 0.18, "—": 0.15}
_NO_PAUSE_S = 0.05


def pause_after(text: str) -> float:
    """Return the seconds of silence that follow a clause, by its last mark."""
    bare = text.rstrip("\"'”’)] \t\n")
    return _PAUSES_S.get(bare[-1:], _NO_PAUSE_S)


def shape(audio: NDArray[np.float32], *, sample_rate: int, pause_s: float) -> Pcm16:
    """Turn float audio, shape (n,), -1 to 1, into int16, shape (m,), that starts within 10 ms and ends in `pause_s`."""
    trimmed = _trim(audio / max(1.0, float(np.abs(audio).max(initial=0.0))), sample_rate)
    if not trimmed.size:
        return np.empty(0, dtype=np.int16)
    loud = _limit(trimmed * _gain(trimmed, sample_rate), sample_rate)
    pause = np.zeros(round(pause_s * sample_rate), dtype=np.int16)
    return np.concatenate((np.rint(loud * 32_767).astype(np.int16), pause))


def _as_pcm(audio: NDArray[np.float32]) -> Pcm16:
    return np.rint(np.clip(audio, -1.0, 1.0) * 32_767).astype(np.int16)


def _trim(audio: NDArray[np.float32], sample_rate: int) -> NDArray[np.float32]:
    """Cut the silence at both ends, fading what stays."""
    frame = round(_FRAME_S * sample_rate)
    levels = frame_levels(_as_pcm(audio), frame=frame)
    if not levels.size or levels.max() <= SILENCE_DBFS:
        return np.empty(0, dtype=np.float32)
    loud = np.flatnonzero(levels >= levels.max() - _ONSET_DB)
    start = max(0, int(loud[0]) * frame - round(_LEAD_S * sample_rate))
    stop = min(audio.size, (int(loud[-1]) + 1) * frame + round(_DECAY_S * sample_rate))
    kept = audio[start:stop].astype(np.float32)
    fade = min(round(_FADE_S * sample_rate), kept.size // 2)
    kept[:fade] *= np.linspace(0.0, 1.0, fade, dtype=np.float32)
    kept[kept.size - fade :] *= np.linspace(1.0, 0.0, fade, dtype=np.float32)
    return kept


def _gain(audio: NDArray[np.float32], sample_rate: int) -> np.float32:
    return np.float32(10 ** ((TARGET_DBFS - active_dbfs(_as_pcm(audio), sample_rate=sample_rate)) / 20))


def _limit(audio: NDArray[np.float32], sample_rate: int) -> NDArray[np.float32]:
    """Hold peaks under the ceiling by a gain that falls and recovers within milliseconds, ahead of each peak."""
    ceiling = 10 ** (PEAK_DBFS / 20)
    block = round(_LIMITER_BLOCK_S * sample_rate)
    starts = np.arange(0, audio.size, block)
    needed = np.minimum(1.0, ceiling / np.maximum(np.maximum.reduceat(np.abs(audio), starts), 1e-9))
    if needed.min() >= 1.0:
        return audio
    held = np.lib.stride_tricks.sliding_window_view(np.pad(needed, 1, constant_values=1.0), 3).min(axis=1)
    gain = np.interp(np.arange(audio.size), starts + block / 2, held)
    return np.asarray(np.clip(audio * gain, -ceiling, ceiling), dtype=np.float32)
