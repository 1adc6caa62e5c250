"""When the lead's turn begins, pauses and ends: a pure rule over voice activity and what is known of the turn.

The wait after the last voiced window comes from three views of the same pause: Smart Turn's probability that the turn
is over (how it sounds), whether the words make a finished sentence (what was said), and the kind of answer that was
asked for (what is awaited). Each moves the wait between `quick_ms` and `patient_ms`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from domain.turn import Expects


class Signal(Enum):
    """What changed with the last window of audio."""

    STARTED = auto()
    PAUSED = auto()
    RESUMED = auto()
    ENDED = auto()


@dataclass(frozen=True, slots=True)
class EndpointOptions:
    """Thresholds of voice probability, and times in milliseconds.

    start: probability that counts as speech; stop: probability under which it has stopped.
    start_ms: speech needed for a turn to start.
    pause_ms: silence after which thinking starts on a guess.
    quick_ms, usual_ms, patient_ms: silence that ends a turn that is surely over, unsure, surely unfinished.
    """

    start: float = 0.5
    stop: float = 0.35
    start_ms: int = 96
    pause_ms: int = 128
    quick_ms: int = 288
    usual_ms: int = 600
    patient_ms: int = 1_100


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a guess found out about the pause. `turn_probability` is Smart Turn's, 0 to 1."""

    turn_probability: float
    text_complete: bool
    expects: Expects


def wait_ms(evidence: Evidence | None, options: EndpointOptions) -> int:
    """Return the silence that ends the turn; without evidence, the patient wait."""
    if evidence is None:
        return options.patient_ms
    pieces = evidence.expects in (Expects.NUMBER, Expects.DATE_TIME)
    if evidence.turn_probability >= 0.5 and evidence.text_complete:
        return options.quick_ms
    if evidence.turn_probability < 0.2 and not evidence.text_complete:
        return options.patient_ms
    if evidence.turn_probability < 0.5 and (pieces or not evidence.text_complete):
        return (options.usual_ms + options.patient_ms) // 2
    return options.usual_ms


class Endpointer:
    """Turns voice probabilities into signals. Feed it every window in order; it keeps no time of its own."""

    def __init__(self, options: EndpointOptions) -> None:
        """Start in silence."""
        self._options = options
        self._voiced_ms = 0.0
        self._silent_ms = 0.0
        self._in_turn = False
        self._paused = False

    @property
    def in_turn(self) -> bool:
        """Whether the lead holds the turn, pauses included."""
        return self._in_turn

    @property
    def speaking(self) -> bool:
        """Whether the lead is speaking just now."""
        return self._in_turn and not self._paused

    @property
    def silent_ms(self) -> float:
        """Silence since the last voiced window."""
        return self._silent_ms

    @property
    def voiced_ms(self) -> float:
        """Voiced time without a stop until now."""
        return self._voiced_ms

    def step(self, probability: float, *, length_ms: float, evidence: Evidence | None) -> Signal | None:
        """Take one window's voice probability; return what changed."""
        threshold = self._options.stop if self.speaking else self._options.start
        if probability >= threshold:
            return self._voiced(length_ms)
        return self._unvoiced(length_ms, evidence)

    def _voiced(self, length_ms: float) -> Signal | None:
        self._voiced_ms += length_ms
        self._silent_ms = 0.0
        if not self._in_turn:
            if self._voiced_ms < self._options.start_ms:
                return None
            self._in_turn, self._paused = True, False
            return Signal.STARTED
        if self._paused:
            self._paused = False
            return Signal.RESUMED
        return None

    def _unvoiced(self, length_ms: float, evidence: Evidence | None) -> Signal | None:
        self._voiced_ms = 0.0
        self._silent_ms += length_ms
        if not self._in_turn:
            return None
        if not self._paused:
            if self._silent_ms < self._options.pause_ms:
                return None
            self._paused = True
            return Signal.PAUSED
        if self._silent_ms >= wait_ms(evidence, self._options):
            self._in_turn = self._paused = False
            return Signal.ENDED
        return None
