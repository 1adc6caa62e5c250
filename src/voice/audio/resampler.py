"""Streaming resampling by a polyphase FIR.

The prototype is a Kaiser-windowed sinc at `source_rate * up` with its cut-off at half the lower rate. Its transition
band is centred there, so images of the band up to 0.85 of that (3.4 kHz of 4) are rejected by 85 dB. Output n is the
dot product of phase `n * down % up` of the filter with the input that ends at sample `n * down // up`.
"""

from __future__ import annotations

from functools import lru_cache
from math import ceil, gcd, pi

import numpy as np
from numpy.typing import NDArray

from domain.ports import Pcm16

_REJECTION_DB = 88.0
_TRANSITION = 0.15


@lru_cache(maxsize=32)
def _polyphase_bank(up: int, down: int) -> tuple[NDArray[np.float64], float]:
    """Return the filter, shape (up, taps), reversed for windows in time order, and its delay in input samples."""
    widest = max(up, down)
    width = 2 * pi * _TRANSITION / widest
    half = ceil((_REJECTION_DB - 7.95) / (2.285 * width) / 2)
    beta = 0.1102 * (_REJECTION_DB - 8.7)
    at = np.arange(-half, half + 1)
    prototype = np.sinc(at / widest) * np.kaiser(2 * half + 1, beta)
    prototype *= up / prototype.sum()
    taps = ceil(prototype.size / up)
    padded = np.zeros(taps * up)
    padded[: prototype.size] = prototype
    bank = np.ascontiguousarray(padded.reshape(taps, up).T[:, ::-1], dtype=np.float64)
    bank.flags.writeable = False
    return bank, half / up


class Resampler:
    """Converts a stream of mono int16 blocks from one sample rate to another, without edges between blocks."""

    def __init__(self, source_rate: int, target_rate: int) -> None:
        """Design the filter for a rational ratio of two rates in Hz; equal rates pass through.

        Raises:
            ValueError: a rate is not positive.
        """
        if source_rate <= 0 or target_rate <= 0:
            raise ValueError("sample rates must be positive")
        common = gcd(source_rate, target_rate)
        self._source_rate = source_rate
        self._up, self._down = target_rate // common, source_rate // common
        self._bank, self._delay = _polyphase_bank(self._up, self._down)
        self._taps = self._bank.shape[1]
        self.reset()

    @property
    def delay_s(self) -> float:
        """The filter's delay in seconds."""
        return 0.0 if self._up == self._down else self._delay / self._source_rate

    def reset(self) -> None:
        """Forget the stream; the next block starts a new one."""
        self._tail = np.zeros(self._taps - 1, dtype=np.float64)
        self._position = 0

    def process(self, pcm: Pcm16) -> Pcm16:
        """Take int16 samples, shape (n,), and return all output that they determine, shape (m,)."""
        if self._up == self._down:
            return pcm.copy()
        buffer = np.concatenate((self._tail, pcm.astype(np.float64)))
        end = pcm.size * self._up
        at = np.arange(self._position, end, self._down)
        self._position += at.size * self._down - end
        self._tail = buffer[pcm.size :]
        if not at.size:
            return np.empty(0, dtype=np.int16)
        windows = np.lib.stride_tricks.sliding_window_view(buffer, self._taps)
        return self._round(self._filter(windows, at))

    def _filter(self, windows: NDArray[np.float64], at: NDArray[np.intp]) -> NDArray[np.float64]:
        """Return the output at positions `at`, counted in steps of 1/up input sample."""
        if self._up == 1:
            return np.asarray(windows[at[0] :: self._down] @ self._bank[0])
        if self._down == 1:
            return np.asarray(windows @ self._bank.T).reshape(-1)
        index, phase = np.divmod(at, self._up)
        return np.asarray(np.einsum("ij,ij->i", windows[index], self._bank[phase]))

    @staticmethod
    def _round(signal: NDArray[np.float64]) -> Pcm16:
        return np.clip(np.rint(signal), -32_768, 32_767).astype(np.int16)

    def flush(self) -> Pcm16:
        """Return the rest of the stream, up to the filter's delay, and start anew."""
        rest = self.process(np.zeros(ceil(self._delay), dtype=np.int16)) if self._up != self._down else None
        self.reset()
        return rest if rest is not None else np.empty(0, dtype=np.int16)


def resample(pcm: Pcm16, source_rate: int, target_rate: int) -> Pcm16:
    """Resample a whole piece of int16 audio, shape (n,), in step with its start: shape (ceil(n * target / source),)."""
    if source_rate == target_rate:
        return pcm.copy()
    resampler = Resampler(source_rate, target_rate)
    lead = round(resampler.delay_s * target_rate)
    length = -(-pcm.size * target_rate // source_rate)
    out = np.concatenate((resampler.process(pcm), resampler.flush()))[lead : lead + length]
    return np.pad(out, (0, length - out.size))
