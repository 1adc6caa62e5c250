"""`leadline doctor`: what is there, what is missing, and how to mend it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.table import Table

from cli.options import JsonOut, read_settings

if TYPE_CHECKING:
    from cli.diagnosis import Finding


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("doctor")(doctor)


def doctor(json_out: JsonOut = None) -> None:
    """Check every part; exit 3 when one is missing."""
    from cli.diagnosis import diagnose
    from cli.figures import write_json

    findings = diagnose(read_settings())
    Console().print(_table(findings))
    if json_out is not None:
        write_json(Path(json_out), {"findings": [finding.as_dict() for finding in findings]})
    raise typer.Exit(0 if all(finding.ok for finding in findings) else 3)


def _table(findings: list[Finding]) -> Table:
    table = Table("part", "state", "detail", "mend")
    for finding in findings:
        table.add_row(
            finding.part, "[green]ok[/]" if finding.ok else "[bold red]missing[/]", finding.detail, finding.mend
        )
    return table
