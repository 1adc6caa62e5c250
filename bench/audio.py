"""The streaming resampler: time of a 20 ms frame, delay, ripple and rejection, by rates.

Run with `python -m bench.audio` from the repository's root, with src on PYTHONPATH.
"""

from __future__ import annotations

import time

import numpy as np

from domain.ports import Pcm16
from voice.audio.resampler import Resampler, resample

_RATES = ((8000, 16_000), (16_000, 8000), (24_000, 8000), (22_050, 8000), (22_050, 16_000))
_FRAMES = 500
_AMPLITUDE = 30_000


def _frame_us(source: int, target: int) -> float:
    resampler = Resampler(source, target)
    frame = np.random.default_rng(0).integers(-3000, 3000, source // 50).astype(np.int16)
    resampler.process(frame)
    began = time.perf_counter()
    for _ in range(_FRAMES):
        resampler.process(frame)
    return (time.perf_counter() - began) / _FRAMES * 1e6


def _spectrum(pcm: Pcm16, rate: int) -> np.ndarray:
    middle = pcm[rate // 4 : rate // 4 + rate // 2]
    window = np.kaiser(middle.size, 14)
    return np.asarray(20 * np.log10(np.abs(np.fft.rfft(middle * window)) * 2 / window.sum() / _AMPLITUDE + 1e-9))


def _tone(frequency: float, rate: int) -> Pcm16:
    return np.rint(_AMPLITUDE * np.sin(2 * np.pi * frequency * np.arange(rate) / rate)).astype(np.int16)


def _ripple_db(source: int, target: int) -> float:
    edge = round(min(source, target) / 2 * 0.85)
    tones = range(200, edge + 1, 200)
    return max(abs(_spectrum(resample(_tone(tone, source), source, target), target).max()) for tone in tones)


def _rejection_db(source: int, target: int) -> float:
    """Return the loudest image of tones in the band (upwards), or alias of tones above it (downwards)."""
    low = min(source, target) / 2
    if target < source:
        tones = np.arange(low * 1.16, source / 2 * 0.98, 150)
        return max(_spectrum(resample(_tone(tone, source), source, target), target).max() for tone in tones)
    tones = np.arange(200, low * 0.85, 200)
    upper = round(low * 1.15 / 2)
    return max(_spectrum(resample(_tone(tone, source), source, target), target)[upper:].max() for tone in tones)


def main() -> None:
    """Print the table."""
    print("| what | µs | delay ms | ripple to 85 % of the band, dB | images and aliases, dB |\n|---|---|---|---|---|")
    for source, target in _RATES:
        delay = Resampler(source, target).delay_s * 1000
        print(
            f"| {source:,} to {target:,} Hz | {_frame_us(source, target):.0f} | {delay:.1f} | "
            f"{_ripple_db(source, target):.4f} | {_rejection_db(source, target):.0f} |"
        )


if __name__ == "__main__":
    main()
