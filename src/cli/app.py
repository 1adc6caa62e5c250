"""The commands, and what a user sees when one fails."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module

import click
import typer
from rich.console import Console

from domain.errors import LeadlineError

DONE, INTERRUPTED = 0, 130

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
        code = typer_app(args=arguments, standalone_mode=False)
    except LeadlineError as error:
        console.print(f"[bold red]leadline:[/] {error}", markup=True, highlight=False)
        if error.mend:
            console.print(f"  [dim]{error.mend}[/]", highlight=False)
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return LeadlineError.exit_code if error.exit_code == 1 else error.exit_code
    except (KeyboardInterrupt, click.exceptions.Abort):
        return INTERRUPTED
    return code if isinstance(code, int) else DONE


def main() -> None:
    """Run the command line of this process."""
    sys.exit(run())


if __name__ == "__main__":
    main()
