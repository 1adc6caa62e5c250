"""The recording: left the lead, right the agent as the lead heard it."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

from domain.ports import Pcm16

RATE = 8_000


class Recording:
    """Collects both sides at 8 kHz, sample 0 at the stream's start, bounded to `limit_ms`."""

    def __init__(self, *, limit_ms: int) -> None:
        """Allow `limit_ms` milliseconds; what comes later is dropped."""
        self._limit = limit_ms * RATE // 1000
        self._sides = (_Side(self._limit), _Side(self._limit))

    def lead(self, pcm: Pcm16, *, at_ms: float) -> None:
        """Write what the lead said at its own time stamp."""
        self._sides[0].write(pcm, _sample(at_ms))

    def agent(self, pcm: Pcm16, *, at_ms: float) -> None:
        """Write what the agent says at the time it will be played."""
        self._sides[1].write(pcm, _sample(at_ms))

    def agent_cleared(self, *, at_ms: float) -> None:
        """Take back what the far end's buffer dropped."""
        self._sides[1].cut(_sample(at_ms))

    def stereo(self) -> Pcm16:
        """Return both sides, shape (samples, 2)."""
        length = max(side.length for side in self._sides)
        return np.stack([side.samples(length) for side in self._sides], axis=1)

    def save(self, path: Path) -> None:
        """Write a 16-bit stereo WAV, atomically."""
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        with wave.open(str(part), "wb") as file:
            file.setnchannels(2)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(self.stereo().astype("<i2").tobytes())
        part.replace(path)


def _sample(at_ms: float) -> int:
    return round(at_ms * RATE / 1000)


class _Side:
    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._buffer = np.zeros(RATE * 30, dtype=np.int16)
        self.length = 0

    def write(self, pcm: Pcm16, start: int) -> None:
        piece = pcm[: max(self._limit - start, 0)]
        if not len(piece):
            return
        end = start + len(piece)
        if end > len(self._buffer):
            grown = np.zeros(max(end, 2 * len(self._buffer)), dtype=np.int16)
            grown[: len(self._buffer)] = self._buffer
            self._buffer = grown
        self._buffer[start:end] = piece
        self.length = max(self.length, end)

    def cut(self, start: int) -> None:
        self._buffer[start : self.length] = 0
        self.length = min(self.length, start)

    def samples(self, length: int) -> Pcm16:
        out = np.zeros(length, dtype=np.int16)
        out[: self.length] = self._buffer[: self.length]
        return out
