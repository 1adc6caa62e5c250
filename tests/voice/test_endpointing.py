"""The endpointer: one signal per change, waits by evidence."""

from __future__ import annotations

import pytest

from domain.turn import Expects
from voice.endpointing import Endpointer, EndpointOptions, Evidence, Signal, wait_ms

WINDOW = 32.0
OPTIONS = EndpointOptions()


def feed(endpointer: Endpointer, probability: float, ms: float, evidence: Evidence | None = None) -> list[Signal]:
    signals = (endpointer.step(probability, length_ms=WINDOW, evidence=evidence) for _ in range(round(ms / WINDOW)))
    return [signal for signal in signals if signal is not None]


def test_a_click_is_no_turn() -> None:
    endpointer = Endpointer(OPTIONS)
    assert feed(endpointer, 0.9, 64) == []
    assert feed(endpointer, 0.1, 2_000) == []


def test_a_turn_starts_pauses_and_ends() -> None:
    endpointer = Endpointer(OPTIONS)
    assert feed(endpointer, 0.9, 320) == [Signal.STARTED]
    assert feed(endpointer, 0.1, 2_000) == [Signal.PAUSED, Signal.ENDED]
    assert not endpointer.in_turn


def test_speech_in_a_pause_resumes_the_turn() -> None:
    endpointer = Endpointer(OPTIONS)
    feed(endpointer, 0.9, 320)
    assert feed(endpointer, 0.1, 320) == [Signal.PAUSED]
    assert feed(endpointer, 0.9, 320) == [Signal.RESUMED]
    assert endpointer.speaking


def test_a_dip_between_the_thresholds_keeps_the_turn() -> None:
    endpointer = Endpointer(OPTIONS)
    feed(endpointer, 0.9, 320)
    assert feed(endpointer, 0.4, 1_000) == []


@pytest.mark.parametrize(
    ("probability", "complete", "expects", "wait"),
    [
        (0.9, True, Expects.OPEN, OPTIONS.quick_ms),
        (0.9, False, Expects.OPEN, OPTIONS.usual_ms),
        (0.3, True, Expects.OPEN, OPTIONS.usual_ms),
        (0.3, True, Expects.DATE_TIME, (OPTIONS.usual_ms + OPTIONS.patient_ms) // 2),
        (0.3, False, Expects.YES_NO, (OPTIONS.usual_ms + OPTIONS.patient_ms) // 2),
        (0.1, False, Expects.OPEN, OPTIONS.patient_ms),
    ],
)
def test_the_wait_follows_the_evidence(probability: float, complete: bool, expects: Expects, wait: int) -> None:
    assert wait_ms(Evidence(probability, complete, expects), OPTIONS) == wait


def test_without_evidence_the_wait_is_patient() -> None:
    assert wait_ms(None, OPTIONS) == OPTIONS.patient_ms


def test_sure_evidence_ends_the_turn_sooner() -> None:
    sure = Evidence(0.95, text_complete=True, expects=Expects.OPEN)
    endpointer = Endpointer(OPTIONS)
    feed(endpointer, 0.9, 320)
    feed(endpointer, 0.1, OPTIONS.quick_ms - WINDOW, sure)
    assert feed(endpointer, 0.1, WINDOW, sure) == [Signal.ENDED]
    assert endpointer.silent_ms == pytest.approx(OPTIONS.quick_ms)
