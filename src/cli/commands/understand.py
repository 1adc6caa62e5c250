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
    from domain.errors import InvalidFile
    from settings.places import playbook_file

    playbook = load_playbook(playbook_file(read_settings().environment.playbook))
    at = datetime.fromisoformat(now)
    lines = []
    for number, line in enumerate(source.read_text(encoding="utf-8").splitlines(), 1):
        try:
            dialogue = json.loads(line)
            lines.append(json.dumps(understand_dialogue(dialogue, playbook, at)))
        except (ValueError, KeyError, TypeError) as error:
            raise InvalidFile(source, f"no dialogue: {error!r}", line=number) from error
    part = json_out.with_name(f".{json_out.name}.part")
    part.write_text("\n".join(lines) + "\n", encoding="utf-8")
    part.replace(json_out)
    typer.echo(f"{len(lines)} dialogues")
