"""Opening the database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from domain.errors import InvalidInput, MissingPart, StorageFailed

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}


def open_engine(url: str) -> AsyncEngine:
    """Return an engine for `url`, SQLite or PostgreSQL; connects on first use.

    Raises:
        InvalidInput: `url` is no database URL.
        MissingPart: the database's driver isn't installed.
    """
    target = async_url(url)
    try:
        engine = create_async_engine(target, pool_pre_ping=target.get_backend_name() != "sqlite")
    except ModuleNotFoundError as error:
        raise MissingPart(f"the driver {error.name!r} is missing", mend=f"pip install {error.name}") from error
    if target.get_backend_name() == "sqlite":
        event.listen(engine.sync_engine, "connect", _tune_sqlite)
    return engine


def async_url(url: str) -> URL:
    """Return `url` with the asynchronous driver of its database.

    Raises:
        InvalidInput: `url` is no database URL, or of another database.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise InvalidInput(f"DATABASE_URL is no database URL: {error}") from error
    if parsed.drivername in _DRIVERS:
        return parsed.set(drivername=_DRIVERS[parsed.drivername])
    if parsed.drivername in _DRIVERS.values():
        return parsed
    raise InvalidInput(f"DATABASE_URL names {parsed.drivername!r}; sqlite and postgresql are supported")


def _tune_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    """Let readers go on beside one writer; a commit is on the disk when it returns."""
    cursor = connection.cursor()
    for pragma in ("busy_timeout=10000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@asynccontextmanager
async def transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Open a connection whose work is committed at the end, or not done at all.

    Raises:
        StorageFailed: the database is away or refuses.
    """
    try:
        async with engine.begin() as connection:
            yield connection
    except (SQLAlchemyError, OSError) as error:
        cause = getattr(error, "orig", None) or error
        raise StorageFailed(f"the database refused: {str(cause).splitlines()[0]}") from error
