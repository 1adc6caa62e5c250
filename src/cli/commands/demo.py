"""`leadline demo`: three leads on one machine, from the first ring to the workbook."""

from __future__ import annotations

import asyncio

import typer

from cli.options import JsonOut, read_settings

PERSONAS = ("ready_buyer", "not_interested", "busy")
DEMO_CLOCK = "2026-11-23T10:00:00-08:00"


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("demo")(demo)


def demo(json_out: JsonOut = None) -> None:
    """Call three simulated leads and show what came of it."""
    from cli.rehearsal import Rehearsal, run_rehearsal
    from settings.places import CONFIG_DIR

    settings = read_settings()
    files = [CONFIG_DIR / "personas" / f"{name}.yaml" for name in PERSONAS]
    folder = settings.environment.data_dir / "demo"
    rehearsal = Rehearsal(
        personas=files, folder=folder, clock=DEMO_CLOCK, report=json_out or folder / "report.json", fresh=True
    )
    raise typer.Exit(asyncio.run(run_rehearsal(settings, rehearsal)))
