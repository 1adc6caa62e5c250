"""`leadline models`: see and fetch the model files."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TransferSpeedColumn
from rich.table import Table

from cli.options import read_settings


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    models = typer.Typer(help="See and fetch the model files.", no_args_is_help=True)
    models.command("pull")(pull)
    models.command("list")(list_models)
    app.add_typer(models, name="models")


def pull(names: Annotated[list[str] | None, typer.Argument(help="Models; all when none is named.")] = None) -> None:
    """Bring model files into the cache and check their SHA-256."""
    from settings.places import MODELS_FILE
    from settings.yaml_file import load_yaml_model
    from weights.manifest import Manifest
    from weights.pull import pull as pull_models

    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn(), console=console
    ) as bars:
        paths = pull_models(
            load_yaml_model(MODELS_FILE, Manifest), read_settings().model_cache, names or (), progress=_Bars(bars)
        )
    console.print(f"{len(paths)} models are in place")


def list_models() -> None:
    """List the models with licence, purpose and whether they are here."""
    from settings.places import MODELS_FILE
    from settings.yaml_file import load_yaml_model
    from weights.manifest import Manifest
    from weights.store import ModelStore

    manifest = load_yaml_model(MODELS_FILE, Manifest)
    store = ModelStore(manifest, read_settings().model_cache)
    table = Table("model", "here", "licence", "purpose")
    for model in manifest.models:
        table.add_row(model.name, "yes" if store.has(model.name) else "no", model.licence, model.purpose)
    Console().print(table)


class _Bars:
    """A bar for each file."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._current: TaskID | None = None

    def begin(self, model: str, file: str, *, size: int, source: str) -> None:
        self._current = self._bars.add_task(f"{model}/{file} from {source}", total=size)

    def advance(self, count: int) -> None:
        if self._current is not None:
            self._bars.advance(self._current, count)

    def present(self, model: str) -> None:
        self._bars.console.print(f"{model} is already here", style="dim")
