"""A database of one's own for each test: SQLite in a file, or the one that LEADLINE_TEST_DATABASE_URL names."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db import migrate
from db.engine import open_engine
from db.journal import Journal


@pytest.fixture
async def database_url(tmp_path: Path) -> AsyncIterator[str]:
    """The URL of an empty database."""
    url = os.environ.get("LEADLINE_TEST_DATABASE_URL")
    if url is None:
        yield f"sqlite:///{tmp_path / 'leadline.db'}"
        return
    await migrate.downgrade(url, "base")
    yield url
    await migrate.downgrade(url, "base")


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """A migrated database."""
    await migrate.upgrade(database_url)
    engine = open_engine(database_url)
    yield engine
    await engine.dispose()


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[Journal]:
    """A journal that runs."""
    async with Journal(tmp_path / "journal", retry_s=0.01) as journal:
        yield journal
