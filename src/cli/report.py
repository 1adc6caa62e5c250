"""The report of rehearsed calls: what came of each, the latencies, the bars; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.figures import Bar, at_least, at_most, bars_as_dicts, machine, spread
from cli.turns import Turn, turns_from, with_measured
from domain.events import Appointment, Ended, Event, Scored, SlotFilled
from simulator.persona import Persona
from simulator.record import CallRecord

MODEL_P50_MS = 1_500
VETTED_P50_MS = 900
MODEL_WORDED = 0.6
HEALTH_COLD_MS = 3_000


@dataclass(frozen=True, slots=True)
class CallResult:
    """A rehearsed call with all that is known of it from both sides."""

    persona: Persona
    call_id: str
    events: Sequence[Event]
    record: CallRecord
    recording: Path
    transcript: Path

    @property
    def outcome(self) -> str:
        """The call's outcome, failed when it never ended."""
        return next((event.data.outcome for event in self.events if isinstance(event.data, Ended)), "failed")

    @property
    def appointment(self) -> Appointment | None:
        """The appointment that stands at the end."""
        standing = None
        for event in self.events:
            if isinstance(event.data, Appointment):
                standing = event.data if event.data.action in ("booked", "moved") else None
        return standing

    @property
    def slots(self) -> dict[str, str]:
        """The last value of each slot."""
        return {event.data.name: event.data.value for event in self.events if isinstance(event.data, SlotFilled)}

    @property
    def met_expectation(self) -> bool:
        """Whether outcome, appointment and slots are as the persona expects."""
        expected = self.persona.expect
        return (
            self.outcome == expected.outcome
            and (self.appointment is not None) == expected.appointment
            and all(_same(self.slots.get(name), value) for name, value in expected.slots.items())
        )

    def turns(self) -> list[Turn]:
        """Both sides' turns, answers timed on the lead's side."""
        return with_measured(turns_from(self.events), self.record.turns)

    def as_dict(self) -> dict[str, Any]:
        """Return the report's shape."""
        scored = next((event.data for event in reversed(self.events) if isinstance(event.data, Scored)), None)
        appointment = self.appointment
        return {
            "call_id": self.call_id,
            "persona": self.persona.name,
            "outcome": self.outcome,
            "expected_outcome": self.persona.expect.outcome,
            "met_expectation": self.met_expectation,
            "appointment": appointment.model_dump(mode="json", exclude={"type"}) if appointment else None,
            "qualification": {
                "score": scored.score if scored else None,
                "factors": {name: factor.model_dump() for name, factor in scored.factors.items()} if scored else {},
            },
            "slots": self.slots,
            "turns": [turn.as_dict() for turn in self.turns()],
            "early_turns": sum(turn.early for turn in self.record.turns),
            "recording": str(self.recording),
            "transcript": str(self.transcript),
            "error": self.record.error,
        }


def latencies(results: Sequence[CallResult]) -> dict[str, list[float]]:
    """Return the answers' totals in milliseconds by how their first clause was worded."""
    totals: dict[str, list[float]] = {"model": [], "vetted": []}
    for turn in _answers(results):
        total = turn.latency_ms.get("total")
        if total is not None:
            totals["model" if turn.first_wording == "model" else "vetted"].append(total)
    return totals


def rehearsal_bars(results: Sequence[CallResult], *, health_ms: float | None) -> list[Bar]:
    """Return the bars of a set of calls; `health_cold` only where the server was started for them."""
    totals = latencies(results)
    answers = _answers(results)
    worded = sum(turn.wording == "model" for turn in answers)
    wordable = worded + sum(turn.fallback and turn.wording != "model" for turn in answers)
    met = sum(result.met_expectation for result in results)
    bars = [
        Bar("demo_expectations", f"{len(results)} of {len(results)}", met, met == len(results), len(results)),
        at_most("demo_latency_model_p50", MODEL_P50_MS, totals["model"]),
        at_most("demo_latency_vetted_p50", VETTED_P50_MS, totals["vetted"]),
        at_least("demo_model_worded", MODEL_WORDED, worded, wordable),
    ]
    if health_ms is not None:
        bars.append(at_most("health_cold", HEALTH_COLD_MS, [round(health_ms, 1)]))
    return bars


def rehearsal_report(results: Sequence[CallResult], bars: Sequence[Bar], *, workbook: Path | None) -> dict[str, Any]:
    """Return the whole report without its schema version."""
    totals = latencies(results)
    return {
        "machine": machine(),
        "calls": [result.as_dict() for result in results],
        "latency_ms": {wording: spread(values) for wording, values in totals.items()},
        "workbook": str(workbook) if workbook else None,
        "bars": bars_as_dicts(bars),
    }


def _answers(results: Sequence[CallResult]) -> list[Turn]:
    return [turn for result in results for turn in result.turns() if turn.speaker == "agent"]


def _same(found: str | None, expected: str) -> bool:
    return found is not None and found.strip().lower() == expected.strip().lower()
