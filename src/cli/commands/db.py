"""`leadline db`: the database's schema."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from cli.options import read_settings

Revision = Annotated[str, typer.Argument(help="Alembic revision.")]


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    db = typer.Typer(help="Move the database's schema up and down.", no_args_is_help=True)
    db.command("upgrade")(upgrade)
    db.command("downgrade")(downgrade)
    db.command("current")(current)
    app.add_typer(db, name="db")


def upgrade(revision: Revision = "head") -> None:
    """Bring the database up to a revision."""
    from db import migrate

    asyncio.run(migrate.upgrade(read_settings().database_url, revision))
    typer.echo(f"the database is at {revision}")


def downgrade(revision: Revision = "-1") -> None:
    """Take the database down, by default one step."""
    from db import migrate

    asyncio.run(migrate.downgrade(read_settings().database_url, revision))
    typer.echo(f"the database went down to {revision}")


def current() -> None:
    """Print the database's revision."""
    from db import migrate

    typer.echo(asyncio.run(migrate.current(read_settings().database_url)) or "none")
