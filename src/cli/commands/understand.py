"""`leadline understand`: predictions on written dialogues, apart from any scoring."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.options import read_settings

REFERENCE = "2019-03-01T09:00:00-08:00"


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("understand")(understand)


def understand(
    source: Annotated[Path, typer.Option("--in", metavar="FILE", help="Dialogues, a JSON object a line.")],
    json_out: Annotated[Path, typer.Option("--json", metavar="OUT", help="Where the predictions go, a line each.")],
    now: Annotated[str, typer.Option(help="ISO time of the dialogues.")] = REFERENCE,
) -> None:
    """Predict slots and intent of each lead turn; labels in FILE are ignored."""
    from agents.playbook import load_playbook
    from agents.understanding.dialogue import understand_dialogue
    from cli.figures import write_text
    from domain.errors import InvalidFile
    from settings.places import playbook_file

    playbook = load_playbook(playbook_file(read_settings().environment.playbook))
    at = _moment(now)
    lines = []
    for number, line in enumerate(_lines(source), 1):
        try:
            lines.append(json.dumps(understand_dialogue(json.loads(line), playbook, at)))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InvalidFile(source, f"no dialogue: {error!r}", line=number) from error
    write_text(json_out, "\n".join(lines) + "\n")
    typer.echo(f"{len(lines)} dialogues")


def _lines(source: Path) -> list[str]:
    from domain.errors import InvalidFile

    try:
        return source.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidFile(source, f"can't be read: {error}") from error


def _moment(now: str) -> datetime:
    from domain.errors import InvalidInput

    try:
        at = datetime.fromisoformat(now)
    except ValueError as error:
        raise InvalidInput(f"--now: {now!r} is no ISO time") from error
    if at.tzinfo is None:
        raise InvalidInput(f"--now: {now!r} has no time zone")
    return at
