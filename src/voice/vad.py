"""Voice activity by Silero, one recurrent state per call over one shared session.

Source: Silero VAD v5, 16 kHz: windows of 512 samples with 64 samples of context and a state of shape (2, 1, 128).
The state is reset in clear silence every two seconds of audio: long silence or music otherwise dulls it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from domain.ports import Pcm16

WINDOW = 512
WINDOW_MS = 32.0
_CONTEXT = 64
_RATE = 16_000
_RESET_WINDOWS = 63
_QUIET = 0.1
_QUIET_WINDOWS = 5


class VoiceActivity(Protocol):
    """Tells speech from the rest, window by window, for one call."""

    def probability(self, window: Pcm16) -> float:
        """Return the probability of speech in `window`, int16 of shape (512,) at 16 kHz."""
        ...


def load_silero(path: Path) -> onnxruntime.InferenceSession:
    """Load the model; share the session among calls."""
    options = onnxruntime.SessionOptions()
    options.inter_op_num_threads = options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), sess_options=options, providers=["CPUExecutionProvider"])


class SileroActivity:
    """Silero's state for one call; about 0.2 ms a window, so it runs on the event loop."""

    def __init__(self, session: onnxruntime.InferenceSession) -> None:
        """Start with a fresh state."""
        self._session = session
        self._rate = np.array(_RATE, dtype=np.int64)
        self._state: NDArray[np.float32] = np.zeros((2, 1, 128), dtype=np.float32)
        self._context: NDArray[np.float32] = np.zeros((1, _CONTEXT), dtype=np.float32)
        self._since_reset = 0
        self._quiet_run = 0

    def probability(self, window: Pcm16) -> float:
        """Return the probability of speech in `window`, int16 of shape (512,) at 16 kHz."""
        samples = window.astype(np.float32)[None, :] / 32768.0
        fed: NDArray[np.float32] = np.concatenate((self._context, samples), axis=1)
        output, self._state = self._session.run(None, {"input": fed, "state": self._state, "sr": self._rate})
        self._context = fed[:, -_CONTEXT:]
        probability = float(output[0, 0])
        self._age(probability)
        return probability

    def _age(self, probability: float) -> None:
        self._since_reset += 1
        self._quiet_run = self._quiet_run + 1 if probability < _QUIET else 0
        if self._since_reset >= _RESET_WINDOWS and self._quiet_run >= _QUIET_WINDOWS:
            self._state = np.zeros_like(self._state)
            self._context = np.zeros_like(self._context)
            self._since_reset = 0
