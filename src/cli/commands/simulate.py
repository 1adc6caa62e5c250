"""`leadline simulate`: any personas against a server, with noise, echo and jitter on the line."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from cli.options import JsonOut, read_settings


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("simulate")(simulate)


def simulate(  # noqa: PLR0913  a command's options are its arguments
    persona: Annotated[list[Path], typer.Option("--persona", help="Persona file; may be given several times.")],
    server: Annotated[str | None, typer.Option(help="A running server whose Twilio is this simulator.")] = None,
    twilio_port: Annotated[int, typer.Option(min=0, max=65_535, help="Port of the simulated Twilio; 0 takes any.")] = 0,
    fast: Annotated[
        bool, typer.Option("--fast", help="Let the personas read the agent instead of hearing it.")
    ] = False,
    snr_db: Annotated[float | None, typer.Option(help="Noise on the line.")] = None,
    echo_erl_db: Annotated[float | None, typer.Option(help="Echo of the agent, this much weaker.")] = None,
    echo_delay_ms: Annotated[float, typer.Option(min=0.0, help="Delay of that echo.")] = 150.0,
    jitter_ms: Annotated[float, typer.Option(min=0.0, help="Standard deviation of the frames' delay.")] = 0.0,
    json_out: JsonOut = None,
) -> None:
    """Let personas answer calls and report as the demo does."""
    from cli.rehearsal import Rehearsal, run_rehearsal
    from simulator.line import Impairments

    settings = read_settings()
    folder = settings.environment.data_dir / "simulate"
    clock = settings.environment.clock
    rehearsal = Rehearsal(
        personas=persona,
        folder=folder,
        report=json_out or folder / "report.json",
        clock=clock.isoformat() if clock else None,
        server=server,
        twilio_port=twilio_port,
        fast=fast,
        fresh=server is None,
        impairments=Impairments(snr_db, echo_erl_db, echo_delay_ms, jitter_ms),
    )
    raise typer.Exit(asyncio.run(run_rehearsal(settings, rehearsal)))
