"""The live transcript and the summary as a person reads them."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from cli.figures import at_most
from cli.live import LiveTranscript
from cli.report import CallResult, rehearsal_bars, rehearsal_report
from cli.summary import show_summary
from domain.events import AgentHeard, Ended, FollowUp, OptedOut
from simulator.persona import Expectation, Persona
from simulator.record import CallRecord, HeardTurn, StreamRecord
from tests.fakes.call_events import BEGAN, PHONE, numbered, ready_buyer


def printed(*lines: object) -> str:
    console = Console(record=True, width=160, file=io.StringIO())
    screen = LiveTranscript(console)
    for event in lines:
        screen.show(event)  # type: ignore[arg-type]
    return console.export_text()


def result(*, outcome: str = "appointment_booked", slots: dict[str, str] | None = None) -> CallResult:
    persona = Persona(
        name="buyer", phone=PHONE, expect=Expectation(outcome=outcome, appointment=True, slots=slots or {})
    )
    turns = (HeardTurn("agent", "", 3_500, 4_000, latency_ms=412.0),)
    stream = StreamRecord("MZ1", {}, "server", 9_000, turns, (), (), None)
    record = CallRecord("CA1", PHONE, "buyer", "completed", 9, stream)
    return CallResult(persona, "c1", ready_buyer(), record, Path("c1.wav"), Path("c1.json"))


def test_a_call_reads_like_a_dialog_with_notes() -> None:
    text = printed(*ready_buyer())
    assert "calling Ann Lee" in text
    assert "lead          Yes, three bedrooms.  (90%)" in text
    assert "interrupted; heard: Hello. Are" in text
    assert "bedrooms = 3" in text
    assert "conversation → qualification" in text
    assert "objection: price" in text
    assert "appointment booked: Wednesday 04 March 19:30 America/New_York" in text


def test_the_other_ends() -> None:
    text = printed(
        *numbered(
            AgentHeard(text="", end_ms=5, interrupted=True),
            AgentHeard(text="All of it.", end_ms=5, interrupted=False),
            FollowUp(at=BEGAN, urgency="high"),
            OptedOut(quote="stop"),
            Ended(outcome="opted_out", reason="the agent said goodbye"),
        )
    )
    assert "heard: nothing" in text
    assert "All of it." not in text
    assert "call back at Monday 02 March 15:00" in text
    assert "never called again" in text
    assert "ended: opted_out (the agent said goodbye)" in text


def test_an_expectation_is_met_by_outcome_appointment_and_slots() -> None:
    assert result().met_expectation
    assert result(slots={"bedrooms": "3"}).met_expectation
    assert not result(slots={"bedrooms": "4"}).met_expectation
    assert not result(outcome="opted_out").met_expectation


def test_the_report_has_the_outsiders_shape() -> None:
    results = [result()]
    bars = rehearsal_bars(results, health_ms=900.0)
    report = rehearsal_report(results, bars, workbook=Path("leads.xlsx"))
    assert set(report) == {"machine", "calls", "latency_ms", "workbook", "bars"}
    (call,) = report["calls"]
    assert {"call_id", "persona", "outcome", "expected_outcome", "met_expectation", "appointment"} <= set(call)
    assert {"qualification", "turns", "recording", "transcript"} <= set(call)
    assert {"speaker", "agent", "text", "heard_text", "wording", "start_ms", "end_ms", "latency_ms"} <= set(
        call["turns"][0]
    )
    assert report["latency_ms"]["vetted"] == {"p50": 412.0, "p95": 412.0, "n": 1}
    assert [bar["name"] for bar in report["bars"]] == [
        "demo_expectations",
        "demo_latency_model_p50",
        "demo_latency_vetted_p50",
        "demo_model_worded",
        "health_cold",
    ]


def test_the_summary_shows_calls_figures_and_paths() -> None:
    console = Console(record=True, width=160, file=io.StringIO())
    bars = [at_most("demo_latency_vetted_p50", 900, [412.0])]
    show_summary(console, [result()], bars, report=Path("report.json"), workbook=Path("leads.xlsx"))
    text = console.export_text()
    assert "appointment_booked" in text
    assert "Wed 04 Mar 19:30, 12 Elm Street" in text
    assert "demo_latency_vetted_p50" in text
    assert "report.json" in text
    assert "leads.xlsx" in text
