"""Options and values that several commands share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from settings.load import Settings

JsonOut = Annotated[
    Path | None, typer.Option("--json", metavar="OUT", dir_okay=False, help="Write the result to OUT as JSON.")
]
Server = Annotated[
    str | None, typer.Option("--server", metavar="URL", help="A running server; by default the one of the settings.")
]


def read_settings() -> Settings:
    """Return the settings of this process's environment.

    Raises:
        InvalidInput: a variable or config/default.yaml has an error.
    """
    from settings.load import load_settings
    from settings.places import DEFAULT_CONFIG

    return load_settings(os.environ, DEFAULT_CONFIG)


def server_url(given: str | None) -> str:
    """Return the server's URL, `given` or the settings'."""
    if given is not None:
        return given.rstrip("/")
    environment = read_settings().environment
    return f"http://{environment.host}:{environment.port}"
