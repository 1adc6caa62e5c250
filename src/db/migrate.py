"""Alembic's commands, from inside the program."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from db.engine import async_url, open_engine
from domain.errors import InvalidInput, MissingPart, StorageFailed

_ROOT = Path(__file__).resolve().parents[2]


async def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database up to `revision`; makes a SQLite file that isn't there.

    Raises:
        InvalidInput: no such revision, or no database URL.
        MissingPart: the migrations or the database's driver are missing.
        StorageFailed: the database is away or refuses.
    """
    database = async_url(url).database
    if make_url(url).get_backend_name() == "sqlite" and database and database != ":memory:":
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    await _run(url, lambda config: command.upgrade(config, revision))


async def downgrade(url: str, revision: str = "-1") -> None:
    """Take the database down to `revision`, by default one step.

    Raises:
        InvalidInput: no such revision, or no database URL.
        MissingPart: the migrations or the database's driver are missing.
        StorageFailed: the database is away or refuses.
    """
    await _run(url, lambda config: command.downgrade(config, revision))


async def check(url: str) -> None:
    """Return when the database's tables are those of `db.tables`.

    Raises:
        InvalidInput: they differ; the message says in what.
        MissingPart: the migrations or the database's driver are missing.
        StorageFailed: the database is away.
    """
    await _run(url, command.check)


async def current(url: str) -> str | None:
    """Return the database's revision, None before the first upgrade.

    Raises:
        StorageFailed: the database is away.
    """
    found: list[str | None] = []

    def read(config: Config) -> None:
        found.append(MigrationContext.configure(config.attributes["connection"]).get_current_revision())

    await _run(url, read)
    return found[0]


def head() -> str | None:
    """Return the newest revision there is."""
    return ScriptDirectory.from_config(_config()).get_current_head()


async def _run(url: str, action: Callable[[Config], None]) -> None:
    """Run one of Alembic's commands on a connection of its own."""
    config = _config()

    def act(connection: Connection) -> None:
        config.attributes["connection"] = connection
        action(config)

    engine = open_engine(url)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(act)
    except CommandError as error:
        raise InvalidInput(f"the database's revision: {error}") from error
    except (SQLAlchemyError, OSError) as error:
        raise StorageFailed(f"the database refused: {str(error).splitlines()[0]}") from error
    finally:
        await engine.dispose()


def _config() -> Config:
    scripts = _ROOT / "alembic"
    if not (scripts / "env.py").is_file():
        raise MissingPart(f"the migrations are missing: {scripts}", mend="run from a checkout of the repository")
    config = Config(stdout=StringIO())
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
