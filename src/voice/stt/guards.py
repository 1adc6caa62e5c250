"""Checks on what Whisper wrote: loops, invention on noise, confidence. Pure rules over text and probabilities."""

from __future__ import annotations

import math
import zlib

_TOKENS_PER_S = 8.0
_TOKENS_SPARE = 16
_LEAST_REPEATS = 3
_LONGEST_LOOP = 8
_COMPRESSION_LIMIT = 2.4
_LEAST_LOG_PROBABILITY = -1.0
_NO_SPEECH = 0.4
_NO_SPEECH_LOG_PROBABILITY = -0.8
_INVENTED_LOG_PROBABILITY = -1.8


def token_limit(duration_s: float) -> int:
    """Return how many tokens speech of that length can hold; the fastest speakers use about six a second."""
    return _TOKENS_SPARE + math.ceil(_TOKENS_PER_S * duration_s)


def compression_ratio(text: str) -> float:
    """Return length over deflated length of the UTF-8 text; above 2.4 it repeats itself (Whisper's own measure)."""
    raw = text.encode()
    return len(raw) / len(zlib.compress(raw)) if raw else 0.0


def _bare_words(text: str) -> list[str]:
    return ["".join(letter for letter in word.lower() if letter.isalnum()) for word in text.split()]


def _loop_at(words: list[str], start: int) -> tuple[int, int]:
    """Return length and repeats of the loop that begins at word `start`; (0, 1) for none. Numbers may repeat."""
    for size in range(1, _LONGEST_LOOP + 1):
        unit = words[start : start + size]
        repeats = 1
        while words[start + repeats * size : start + (repeats + 1) * size] == unit:
            repeats += 1
        if repeats >= _LEAST_REPEATS and not all(word.isdigit() for word in unit):
            return size, repeats
    return 0, 1


def has_loop(text: str) -> bool:
    """Whether up to eight words in a row come three times or more, as in "Yes. Yes. Yes."."""
    words = _bare_words(text)
    return any(_loop_at(words, start)[0] for start in range(len(words)))


def collapse_loops(text: str) -> str:
    """Return the text with each loop written once."""
    shown, words = text.split(), _bare_words(text)
    kept: list[str] = []
    at = 0
    while at < len(words):
        size, repeats = _loop_at(words, at)
        kept += shown[at : at + max(1, size)]
        at += max(1, size * repeats)
    return " ".join(kept)


def is_suspect(text: str, *, log_probability: float, complete: bool) -> bool:
    """Whether a decoding deserves a second look: cut off, unlikely, or repeating itself."""
    unlikely = log_probability < _LEAST_LOG_PROBABILITY
    return not complete or unlikely or has_loop(text) or compression_ratio(text) > _COMPRESSION_LIMIT


def is_no_speech(*, log_probability: float, no_speech_probability: float) -> bool:
    """Whether the model itself says that nobody spoke: noise gets 0.5 to 0.9, speech under 0.1."""
    return no_speech_probability > _NO_SPEECH and log_probability < _NO_SPEECH_LOG_PROBABILITY


def is_invented(log_probability: float) -> bool:
    """Whether words are so unlikely, on the full window too, that they can't be taken for what was said."""
    return log_probability < _INVENTED_LOG_PROBABILITY


def confidence(*, log_probability: float, no_speech_probability: float, suspect: bool) -> float:
    """Return 0 to 1: the tokens' mean probability (geometric), less the chance of no speech, halved in doubt."""
    mean = math.exp(min(0.0, log_probability)) * (1.0 - no_speech_probability)
    return max(0.0, min(1.0, mean * (0.5 if suspect else 1.0)))
