"""Whisper on CTranslate2, called below faster-whisper's `transcribe` so that the window can be of any size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import ctranslate2
import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer
from numpy.typing import NDArray

from domain.errors import SpeechError

SAMPLE_RATE = 16_000

_HOP = 160
_SILENT_FEATURE = -1.5
_DYNAMIC_RANGE = 2.0


@dataclass(frozen=True, slots=True)
class Encoding:
    """The encoder's output for one window."""

    output: ctranslate2.StorageView
    window_s: float


@dataclass(frozen=True, slots=True)
class Decoding:
    """What the decoder wrote; `log_probability` is the mean over its tokens, `complete` False when it hit the limit."""

    text: str
    log_probability: float
    no_speech_probability: float
    complete: bool


class WhisperEngine:
    """One loaded model. Not for use by two threads at once."""

    def __init__(self, directory: Path, *, threads: int) -> None:
        """Load a CTranslate2 conversion of Whisper as int8.

        Raises:
            SpeechError: the folder holds no such model.
        """
        try:
            loaded = WhisperModel(
                str(directory), device="cpu", compute_type="int8", cpu_threads=threads, local_files_only=True
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise SpeechError(f"no Whisper model in {directory}: {error}") from error
        self._model = loaded.model
        self._features = loaded.feature_extractor
        self._words = loaded.hf_tokenizer

    @property
    def multilingual(self) -> bool:
        """Whether the model knows languages other than English."""
        return bool(self._model.is_multilingual)

    def encode(self, audio: NDArray[np.float32], *, window_s: float) -> Encoding:
        """Encode float32 samples at 16 kHz, shape (n,), -1 to 1, with silence up to `window_s`.

        The silence is written into the log-mel features as the value that zeros would give, and costs nothing.
        """
        frames = round(window_s * SAMPLE_RATE / _HOP)
        heard = self._features(audio, padding=2 * _HOP)[:, :frames]
        silence = max(_SILENT_FEATURE, float(heard.max()) - _DYNAMIC_RANGE)
        mel = np.full((1, heard.shape[0], frames), silence, dtype=np.float32)
        mel[0, :, : heard.shape[1]] = heard
        return Encoding(self._model.encode(ctranslate2.StorageView.from_array(mel)), window_s)

    def detect_language(self, encoding: Encoding, *, among: Sequence[str] = ()) -> tuple[str, float]:
        """Return the likeliest language and its probability; `among` limits the choice and shares it out."""
        if not self.multilingual:
            return "en", 1.0
        found = {token[2:-2]: float(share) for token, share in self._model.detect_language(encoding.output)[0]}
        candidates = {code: found[code] for code in among if code in found} or found
        best = max(candidates, key=lambda code: candidates[code])
        return best, candidates[best] / max(sum(candidates.values()), 1e-9)

    def decode(self, encoding: Encoding, *, language: str, token_limit: int) -> Decoding:
        """Write down what was said, greedily, in at most `token_limit` tokens.

        Raises:
            SpeechError: Whisper doesn't know `language`.
        """
        tokenizer = self._tokenizer(language)
        prompt = [*tokenizer.sot_sequence, tokenizer.no_timestamps]
        result = self._model.generate(
            encoding.output,
            [prompt],
            beam_size=1,
            max_length=len(prompt) + token_limit,
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        tokens = result.sequences_ids[0]
        return Decoding(
            text=tokenizer.decode(tokens).strip(),
            log_probability=float(result.scores[0]),
            no_speech_probability=float(result.no_speech_prob),
            complete=len(tokens) < token_limit,
        )

    def _tokenizer(self, language: str) -> Tokenizer:
        try:
            return Tokenizer(self._words, self.multilingual, task="transcribe", language=language)
        except ValueError as error:
            raise SpeechError(f"Whisper has no language {language!r}") from error
