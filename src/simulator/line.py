"""The telephone line between the lead and the server: faint hiss at best, noise, echo and jitter at worst."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from domain.ports import Pcm16
from simulator.sound import SAMPLES_PER_MS, SPEECH_DBFS, to_pcm16

COMFORT_NOISE_DBFS = -65.0


@dataclass(frozen=True, slots=True)
class Impairments:
    """What is wrong with a line.

    `snr_db` is the ratio of speech at -20 dBFS to white noise. `echo_erl_db` is the echo return loss: how much weaker
    the agent's voice comes back, `echo_delay_ms` after it was played. `jitter_ms` is the standard deviation of the
    delay of frames towards the server.
    """

    snr_db: float | None = None
    echo_erl_db: float | None = None
    echo_delay_ms: float = 150.0
    jitter_ms: float = 0.0


class Line(Protocol):
    """Carries frames of 160 samples from the lead to the server."""

    def carry(self, frame: Pcm16, played: Pcm16) -> Pcm16:
        """Return what the server receives for the lead's `frame`, sent while the lead heard `played`."""
        ...

    def delay_s(self) -> float:
        """Return the delay of the next frame in seconds; frames never overtake each other."""
        ...


class SimulatedLine:
    """A line with a noise floor at -65 dBFS and the given impairments."""

    def __init__(self, random: np.random.Generator, impairments: Impairments | None = None) -> None:
        """Take the source of randomness and what is wrong."""
        self._random = random
        self._impairments = impairments or Impairments()
        self._noise_rms = _amplitude(COMFORT_NOISE_DBFS)
        if self._impairments.snr_db is not None:
            self._noise_rms = _amplitude(max(SPEECH_DBFS - self._impairments.snr_db, COMFORT_NOISE_DBFS))
        delay = round(self._impairments.echo_delay_ms * SAMPLES_PER_MS)
        self._played = np.zeros(delay, dtype=np.int16)

    def carry(self, frame: Pcm16, played: Pcm16) -> Pcm16:
        """Add noise and echo to `frame`."""
        mixed = frame.astype(np.float64) + self._random.normal(0.0, self._noise_rms, len(frame))
        if self._impairments.echo_erl_db is not None:
            self._played = np.concatenate([self._played, played])
            mixed += self._played[: len(frame)] * 10 ** (-self._impairments.echo_erl_db / 20)
            self._played = self._played[len(frame) :]
        return to_pcm16(mixed)

    def delay_s(self) -> float:
        """Draw a delay from a normal distribution around three standard deviations, never negative."""
        jitter = self._impairments.jitter_ms / 1000
        return max(0.0, float(self._random.normal(3 * jitter, jitter))) if jitter else 0.0


def _amplitude(dbfs: float) -> float:
    return 32_768.0 * float(10 ** (dbfs / 20))
