"""The commands, and what a user sees when one fails."""

from __future__ import annotations

import sys
import tempfile
import traceback
from collections.abc import Callable
from importlib import import_module

import typer
from rich.console import Console
from rich.text import Text

from domain.errors import LeadlineError

DONE, INTERNAL, INTERRUPTED = 0, 4, 130

typer_app = typer.Typer(
    name="leadline",
    help="Calls leads, qualifies them, books the appointment and writes the result into the sheet.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

_COMMANDS = ("serve", "demo", "call", "simulate", "transcribe", "understand", "doctor", "db", "models")


def _register() -> None:
    for name in _COMMANDS:
        register: Callable[[typer.Typer], None] = import_module(f"cli.commands.{name}").register
        register(typer_app)


def run(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit code; errors become one line on stderr and the way to mend it."""
    console = Console(stderr=True, soft_wrap=True)
    _register()
    try:
        typer_app(args=arguments)
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else INTERNAL
    except LeadlineError as error:
        _say(console, str(error), error.mend)
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001  the last frame of the process: what is left is our own fault
        _say(console, f"an internal error: {type(error).__name__}: {error}", f"the details are in {_keep_details()}")
        return INTERNAL
    return DONE


def _say(console: Console, line: str, mend: str | None) -> None:
    console.print(Text.assemble(("leadline: ", "bold red"), line))
    if mend:
        console.print(Text(f"  {mend}", style="dim"))


def _keep_details() -> str:
    with tempfile.NamedTemporaryFile("w", prefix="leadline-", suffix=".log", delete=False, encoding="utf-8") as file:
        file.write(traceback.format_exc())
    return file.name


def main() -> None:
    """Run the command line of this process."""
    sys.exit(run())


if __name__ == "__main__":
    main()
