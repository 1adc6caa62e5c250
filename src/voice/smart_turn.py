"""Whether a turn sounds finished, by Smart Turn 3.2.

Source: pipecat-ai/smart-turn: Whisper log-mel features of the last 8 s of the turn, normalised to zero mean and unit
variance, padded with zeros in front; the model returns the probability that the turn is over.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

import numpy as np
import onnxruntime
from faster_whisper.feature_extractor import FeatureExtractor
from numpy.typing import NDArray

from domain.ports import Pcm16

_RATE = 16_000
_SECONDS = 8


class TurnModel(Protocol):
    """Judges by sound whether a turn is over."""

    async def probability(self, pcm: Pcm16) -> float:
        """Return the probability that the turn in `pcm`, int16 at 16 kHz, is over."""
        ...


class SmartTurn:
    """Smart Turn on ONNX, one thread, off the event loop; about 60 ms a judgement on one core."""

    def __init__(self, path: Path, executor: ThreadPoolExecutor) -> None:
        """Load the model from `path`; judgements run on `executor`."""
        options = onnxruntime.SessionOptions()
        options.inter_op_num_threads = options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(path), sess_options=options, providers=["CPUExecutionProvider"]
        )
        self._features = FeatureExtractor(chunk_length=_SECONDS)
        self._executor = executor

    async def probability(self, pcm: Pcm16) -> float:
        """Return the probability that the turn in `pcm`, int16 at 16 kHz, is over."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, self._judge, pcm)

    def _judge(self, pcm: Pcm16) -> float:
        wanted = _RATE * _SECONDS
        audio: NDArray[np.float32] = np.zeros(wanted, dtype=np.float32)
        tail = pcm[-wanted:]
        audio[wanted - len(tail) :] = tail.astype(np.float32) / 32768.0
        audio = (audio - audio.mean()) / np.sqrt(audio.var() + 1e-7)
        mel = self._features(audio, padding=0)[:, : 100 * _SECONDS].astype(np.float32)
        (output,) = self._session.run(None, {"input_features": mel[None]})
        return float(output[0, 0])
