"""`leadline serve`: the server."""

from __future__ import annotations

import typer

from cli.options import read_settings


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("serve")(serve)


def serve() -> None:
    """Run the server until SIGTERM; its first line says where it listens."""
    from api.server import serve as run
    from bootstrap.application import check_files
    from telemetry.logs import configure_logging

    settings = read_settings()
    check_files(settings)
    configure_logging()
    run(settings)
