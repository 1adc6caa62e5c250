"""Migrations go up and down and agree with the tables."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from db import migrate, tables
from db.engine import open_engine
from db.journal import Journal
from db.projection import Projector
from domain.errors import InvalidInput, StorageFailed
from tests.fakes.call_events import ready_buyer
from tests.fakes.clock import ManualClock


async def test_up_and_down(database_url: str) -> None:
    assert await migrate.current(database_url) is None
    await migrate.upgrade(database_url)
    assert await migrate.current(database_url) == migrate.head()
    await migrate.upgrade(database_url)
    await migrate.downgrade(database_url, "base")
    assert await migrate.current(database_url) is None


async def test_the_migrations_make_the_tables_of_the_program(database_url: str) -> None:
    await migrate.upgrade(database_url)
    await migrate.check(database_url)


async def test_the_check_sees_a_difference(database_url: str, engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.run_sync(tables.objections.drop)
    with pytest.raises(InvalidInput, match="objections"):
        await migrate.check(database_url)
    async with engine.begin() as connection:
        await connection.run_sync(tables.objections.create)


async def test_down_and_up_with_data_leaves_a_database_that_a_replay_fills(
    database_url: str, engine: AsyncEngine, journal: Journal
) -> None:
    for event in ready_buyer():
        journal.write("call", event)
    await journal.flush()
    for _ in range(2):
        projector = Projector(engine, journal, ManualClock())
        await projector.start()
        await projector.close()
        async with engine.connect() as connection:
            assert (await connection.execute(select(func.count()).select_from(tables.turns))).scalar_one() == 3
        await engine.dispose()
        await migrate.downgrade(database_url, "base")
        await migrate.upgrade(database_url)


async def test_nothing_is_printed(database_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    await migrate.upgrade(database_url)
    await migrate.check(database_url)
    assert capsys.readouterr().out == ""


async def test_an_unknown_revision_is_refused(database_url: str) -> None:
    with pytest.raises(InvalidInput, match="revision"):
        await migrate.upgrade(database_url, "9999")


async def test_a_file_that_is_no_database_is_named_as_the_cause(tmp_path: Path) -> None:
    file = tmp_path / "x.db"
    file.write_text("this is a letter, not a database, and long enough to tell" * 20)
    with pytest.raises(StorageFailed, match="not a database"):
        await migrate.upgrade(f"sqlite:///{file}")


async def test_sqlite_lets_readers_go_on_and_keeps_foreign_keys(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'made' / 'here' / 'leadline.db'}"
    await migrate.upgrade(url)
    engine = open_engine(url)
    async with engine.connect() as connection:
        for pragma, value in (("journal_mode", "wal"), ("foreign_keys", 1), ("synchronous", 2)):
            assert (await connection.exec_driver_sql(f"PRAGMA {pragma}")).scalar_one() == value
    await engine.dispose()
