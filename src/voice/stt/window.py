"""What part of the audio a recogniser gets: silence trimmed, long audio cut at pauses, windows of few sizes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from domain.ports import Pcm16
from voice.audio.levels import frame_levels

FULL_WINDOW_S = 30.0
"""The window that Whisper is trained on."""

WINDOWS_S = (8.0, 10.0, 12.0, 15.0, 20.0, FULL_WINDOW_S)
"""Sizes in use: few, so that the engine's allocator finds its blocks again."""

LONGEST_CHUNK_S = 28.0

_FRAME_S = 0.02
_MARGIN_S = 0.2
_SILENCE_DBFS = -55.0
_ABOVE_FLOOR_DB = 6.0
_BELOW_PEAK_DB = 40.0
_LEAST_BELOW_PEAK_DB = 12.0
_PAUSE_S = 0.3
_SEARCH_S = 10.0


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of samples, `start` inclusive, `stop` exclusive."""

    start: int
    stop: int

    @property
    def size(self) -> int:
        """The number of samples."""
        return self.stop - self.start


def find_speech(pcm: Pcm16, *, sample_rate: int) -> Span | None:
    """Return the span without the silence around it, 200 ms of it kept on each side; None when all is silence.

    Silence is what stays under -55 dBFS, or near the floor of the quietest tenth of the frames.
    """
    frame = round(_FRAME_S * sample_rate)
    levels = frame_levels(pcm, frame=frame)
    if not levels.size or levels.max() < _SILENCE_DBFS:
        return None
    peak, floor = float(levels.max()), float(np.percentile(levels, 10))
    threshold = min(peak - _LEAST_BELOW_PEAK_DB, max(peak - _BELOW_PEAK_DB, floor + _ABOVE_FLOOR_DB))
    loud = np.flatnonzero(levels >= threshold)
    margin = round(_MARGIN_S * sample_rate)
    return Span(max(0, int(loud[0]) * frame - margin), min(pcm.size, (int(loud[-1]) + 1) * frame + margin))


def cut_at_pauses(pcm: Pcm16, span: Span, *, sample_rate: int, longest_s: float = LONGEST_CHUNK_S) -> Iterator[Span]:
    """Yield spans of at most `longest_s`, cut at the quietest 300 ms of the last ten seconds of each."""
    longest = round(longest_s * sample_rate)
    start = span.start
    while span.stop - start > longest:
        cut = _quietest(pcm, Span(start + longest - round(_SEARCH_S * sample_rate), start + longest), sample_rate)
        yield Span(start, cut)
        start = cut
    yield Span(start, span.stop)


def _quietest(pcm: Pcm16, span: Span, sample_rate: int) -> int:
    """Return the middle of the quietest pause's length in the span, in samples."""
    frame = round(_FRAME_S * sample_rate)
    power = 10 ** (frame_levels(pcm[span.start : span.stop], frame=frame) / 10)
    width = round(_PAUSE_S / _FRAME_S)
    mean = np.convolve(power, np.ones(width) / width, mode="valid")
    return span.start + (int(np.argmin(mean)) + width // 2) * frame


def window_for(duration_s: float, pad_s: float, sizes_s: Sequence[float] = WINDOWS_S) -> float:
    """Return the least window that holds the audio and `pad_s` of silence behind it, at most the full one."""
    return next((size for size in sizes_s if size >= duration_s + pad_s), FULL_WINDOW_S)
