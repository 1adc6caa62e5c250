"""What a rehearsal ends with on a terminal: a table of calls, the figures, the paths."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from cli.figures import Bar, spread
from cli.report import CallResult, latencies


def show_summary(
    console: Console, results: Sequence[CallResult], bars: Sequence[Bar], *, report: Path, workbook: Path | None
) -> None:
    """Print the table, the latencies, the bars and the paths."""
    console.rule("summary")
    console.print(_calls(results))
    console.print(_figures(results, bars))
    for result in results:
        console.print(f"{result.persona.name}: {result.recording}  {result.transcript}", style="dim", soft_wrap=True)
    if workbook is not None:
        console.print(f"workbook: {workbook}", soft_wrap=True)
    console.print(f"report: {report}", soft_wrap=True)


def _calls(results: Sequence[CallResult]) -> Table:
    table = Table("lead", "outcome", "expected", "score", "appointment", "met", title="calls")
    for result in results:
        report = result.as_dict()
        score = report["qualification"]["score"]
        appointment = result.appointment
        table.add_row(
            result.persona.name,
            result.outcome,
            result.persona.expect.outcome,
            f"{score:.0f}" if score is not None else "–",
            f"{appointment.start:%a %d %b %H:%M}, {appointment.place}" if appointment else "–",
            _verdict(result.met_expectation),
        )
    return table


def _figures(results: Sequence[CallResult], bars: Sequence[Bar]) -> Table:
    table = Table("figure", "bar", "measured", "n", "met", title="figures")
    for bar in bars:
        table.add_row(bar.name, bar.bar, _number(bar.measured), str(bar.n), _verdict(bar.met))
    for wording, values in latencies(results).items():
        table.add_row(f"latency p95, {wording}", "", _number(spread(values)["p95"]), str(len(values)), "")
    return table


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:g}"


def _verdict(met: bool) -> str:
    return "[green]yes[/]" if met else "[bold red]no[/]"
