"""What Twilio does with the audio that it receives: play it at 8 kHz, answer marks, clear."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from domain.ports import Pcm16
from simulator.sound import FRAME_SAMPLES, frames, is_audible


@dataclass(frozen=True, slots=True)
class PlayedFrame:
    """A received frame of at most 20 ms; `start` and `end` count samples since the stream began."""

    start: int
    end: int
    audible: bool


@dataclass(frozen=True, slots=True)
class PlayedMark:
    """A mark with the sample at which it came back, and whether `clear` sent it back."""

    name: str
    returned: int
    cleared: bool


class Playout:
    """Plays received audio from its arrival on, sample by sample.

    Positions count samples of 8 kHz since the stream began. Audio that arrives while nothing is pending starts at its
    arrival; else it follows what is pending. A mark is due when all audio before it has been played.
    """

    def __init__(self) -> None:
        """Start with an empty buffer at sample 0."""
        self._pending: deque[tuple[int, Pcm16]] = deque()
        self._marks: deque[tuple[int, str]] = deque()
        self._end = 0
        self._played_to = 0
        self.frames: list[PlayedFrame] = []
        self.returned: list[PlayedMark] = []

    @property
    def end(self) -> int:
        """The sample at which all audio received so far has been played."""
        return self._end

    def feed(self, pcm: Pcm16, arrival: int) -> None:
        """Append `pcm`, which arrived at sample `arrival`."""
        start = max(arrival, self._end, self._played_to)
        self._end = start + len(pcm)
        self._pending.append((start, pcm))
        for index, frame in enumerate(frames(pcm)):
            begin = start + index * FRAME_SAMPLES
            self.frames.append(PlayedFrame(begin, begin + len(frame), is_audible(frame)))

    def mark(self, name: str, arrival: int) -> None:
        """Remember mark `name` behind the audio received so far."""
        self._marks.append((max(arrival, self._end), name))

    def play(self, until: int) -> Pcm16:
        """Return what is played from the last position up to `until`, silence where nothing is pending."""
        out = np.zeros(until - self._played_to, dtype=np.int16)
        while self._pending and self._pending[0][0] < until:
            start, pcm = self._pending.popleft()
            taken = pcm[: until - start]
            out[start - self._played_to : start - self._played_to + len(taken)] = taken
            if len(taken) < len(pcm):
                self._pending.appendleft((start + len(taken), pcm[len(taken) :]))
                break
        self._played_to = until
        return out

    def due_marks(self) -> list[str]:
        """Take the marks whose audio has been played."""
        due = []
        while self._marks and self._marks[0][0] <= self._played_to:
            position, name = self._marks.popleft()
            self.returned.append(PlayedMark(name, position, cleared=False))
            due.append(name)
        return due

    def clear(self, arrival: int) -> list[str]:
        """Drop what is still to be played after sample `arrival` and take all pending marks."""
        cut = max(arrival, self._played_to)
        kept = [(start, pcm[: cut - start]) for start, pcm in self._pending if start < cut]
        self._pending = deque(kept)
        self._end = min(self._end, cut)
        self.frames = [
            PlayedFrame(frame.start, min(frame.end, cut), frame.audible) for frame in self.frames if frame.start < cut
        ]
        names = [name for _, name in self._marks]
        self.returned += [PlayedMark(name, min(due, cut), cleared=due > cut) for due, name in self._marks]
        self._marks.clear()
        return names
