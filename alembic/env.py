"""Runs migrations on the connection it is given, or on DATABASE_URL."""

import asyncio
import os

from alembic import context
from sqlalchemy import Connection

from db.engine import open_engine
from db.tables import UtcDateTime, metadata


def render_item(kind: str, item: object, _: object) -> str | bool:
    """Write our own column types in plain SQLAlchemy, so that a migration never imports the program."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def migrate(connection: Connection) -> None:
    """Run the migrations in one transaction."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        render_item=render_item,
    )
    with context.begin_transaction():
        context.run_migrations()


def write_sql() -> None:
    """Print the SQL instead of running it."""
    context.configure(
        url=os.environ.get("DATABASE_URL", "sqlite://"),
        target_metadata=metadata,
        literal_binds=True,
        dialect_opts={"paramstyle": "named"},
    )
    with context.begin_transaction():
        context.run_migrations()


async def migrate_by_url() -> None:
    """Open DATABASE_URL, or SQLite in the data folder, and run the migrations."""
    folder = os.environ.get("LEADLINE_DATA_DIR", "var")
    engine = open_engine(os.environ.get("DATABASE_URL", f"sqlite:///{folder}/leadline.db"))
    async with engine.begin() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()


given = context.config.attributes.get("connection")
if context.is_offline_mode():
    write_sql()
elif given is not None:
    migrate(given)
else:
    asyncio.run(migrate_by_url())
