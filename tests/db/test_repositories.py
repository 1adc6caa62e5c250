"""Suppressions, keys and records."""

from __future__ import annotations

import asyncio
import base64
import json
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import async_url, open_engine
from db.journal import Journal, Position
from db.projection import Projector
from db.repositories import CallIndex, CallRecords, SqlPositions, SqlSuppressions
from domain.errors import InvalidInput, MissingPart, NotFound, StorageFailed
from tests.fakes.call_events import BEGAN, PHONE, numbered, placed, ready_buyer
from tests.fakes.clock import ManualClock


async def test_an_opt_out_holds_at_once_and_after_a_restart(engine: AsyncEngine) -> None:
    suppressions = SqlSuppressions(engine)
    assert not await suppressions.contains(PHONE)
    await suppressions.add(PHONE, reason="stop calling", at=BEGAN)
    await suppressions.add(PHONE, reason="again", at=BEGAN + timedelta(days=1))
    assert await suppressions.contains(PHONE)
    restarted = SqlSuppressions(engine)
    await restarted.load()
    assert await restarted.contains(PHONE)
    assert not await restarted.contains("+12025550144")
    async with engine.connect() as connection:
        assert (await connection.execute(text("select reason from suppressions"))).scalars().all() == ["stop calling"]


async def test_an_opt_out_holds_in_memory_even_if_the_database_refuses(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'without tables.db'}")
    suppressions = SqlSuppressions(engine)
    with pytest.raises(StorageFailed, match="no such table"):
        await suppressions.add(PHONE, reason="stop", at=BEGAN)
    assert await suppressions.contains(PHONE)
    await engine.dispose()


async def test_a_key_belongs_to_the_first_call(engine: AsyncEngine) -> None:
    index = CallIndex(engine, ManualClock())
    owners = await asyncio.gather(*(index.claim("order-1", f"call-{number}") for number in range(10)))
    assert len(set(owners)) == 1
    assert await index.claim("order-1", "late") == owners[0]
    assert await index.claim("order-2", "late") == "late"


async def test_a_key_of_a_call_never_placed_is_free_again(engine: AsyncEngine) -> None:
    index = CallIndex(engine, ManualClock())
    await index.claim("order-1", "first")
    await index.release("order-1", "other")
    assert await index.claim("order-1", "second") == "first"
    await index.release("order-1", "first")
    assert await index.claim("order-1", "second") == "second"


async def test_positions_are_kept_per_projection(engine: AsyncEngine) -> None:
    await SqlPositions(engine, "sheet").save("call", seq=3, ended=False)
    await SqlPositions(engine, "sheet").save("call", seq=5, ended=True)
    assert await SqlPositions(engine, "sheet").load() == {"call": Position(5, True)}
    assert await SqlPositions(engine, "rows").load() == {}


@pytest.fixture
async def records(engine: AsyncEngine, journal: Journal) -> CallRecords:
    """Seven calls, two of them placed at the same moment."""
    for number, minute in enumerate([0, 1, 2, 2, 3, 4, 5]):
        began = BEGAN + timedelta(minutes=minute)
        for event in numbered(placed(f"+1202555010{number}"), began=began):
            journal.write(f"call-{number}", event)
    for event in ready_buyer(began=BEGAN - timedelta(days=1)):
        journal.write("old", event)
    projector = Projector(engine, journal, ManualClock())
    await journal.flush()
    await projector.start()
    await projector.close()
    return CallRecords(engine)


async def test_pages_hold_every_call_once_newest_first(records: CallRecords) -> None:
    seen, cursor = [], None
    while True:
        items, cursor = await records.list(cursor, 3)
        seen += [item.call_id for item in items]
        if cursor is None:
            break
    assert seen == ["call-6", "call-5", "call-4", "call-3", "call-2", "call-1", "call-0", "old"]


async def test_a_last_full_page_has_no_cursor(records: CallRecords) -> None:
    items, cursor = await records.list(limit=8)
    assert (len(items), cursor) == (8, None)


@pytest.mark.parametrize(
    "cursor",
    [
        "!",
        "AAAA",
        "é",
        base64.urlsafe_b64encode(b"2026-03-02T15:00:00 x").decode(),
        "MjAyNi0wMy0wMlQxNTowMDowMCswMDowMA",
    ],
)
async def test_a_cursor_that_is_none_is_refused(engine: AsyncEngine, cursor: str) -> None:
    with pytest.raises(InvalidInput, match="cursor"):
        await CallRecords(engine).list(cursor)


@pytest.mark.parametrize("limit", [0, 501])
async def test_a_page_has_bounds(engine: AsyncEngine, limit: int) -> None:
    with pytest.raises(InvalidInput, match="1 to 500"):
        await CallRecords(engine).list(limit=limit)


async def test_a_record_as_plain_values(records: CallRecords) -> None:
    plain = (await records.get("old")).as_dict()
    assert json.loads(json.dumps(plain)) == plain
    assert plain["lead"]["name"] == "Ann Lee"
    assert plain["appointment"] == {
        "status": "booked",
        "start": "2026-03-04T19:30:00+00:00",
        "zone": "America/New_York",
        "place": "12 Elm Street",
    }
    assert (plain["placed_at"], plain["duration_ms"]) == ("2026-03-01T15:00:00+00:00", 15_000)


async def test_a_transcript_has_what_was_said_and_heard(records: CallRecords) -> None:
    turns = await records.transcript("old")
    assert [(turn.speaker, turn.text, turn.heard_text) for turn in turns] == [
        ("agent", "Hello. Are you looking?", "Hello. Are"),
        ("lead", "Yes, three bedrooms.", None),
        ("agent", "Sure. What is your budget?", "Sure. What is your budget?"),
    ]
    assert turns[2].as_dict()["latency_ms"] == {
        "total": 640.0,
        "stt": 40.0,
        "understand": 2.0,
        "first_clause": None,
        "first_audio": None,
    }


async def test_an_unknown_call_is_said_to_be(records: CallRecords) -> None:
    with pytest.raises(NotFound, match="no call 'x'"):
        await records.get("x")
    with pytest.raises(NotFound, match="no call 'x'"):
        await records.transcript("x")
    assert await records.transcript("call-0") == []


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("sqlite:///x.db", "sqlite+aiosqlite"),
        ("sqlite+aiosqlite:///x.db", "sqlite+aiosqlite"),
        ("postgresql://u:p@h/d", "postgresql+asyncpg"),
        ("postgres://u:p@h/d", "postgresql+asyncpg"),
    ],
)
def test_the_driver_is_chosen(url: str, driver: str) -> None:
    assert async_url(url).drivername == driver


@pytest.mark.parametrize("url", ["nonsense", "mysql://h/d", "postgresql+psycopg://h/d"])
def test_a_url_of_another_database_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput, match="DATABASE_URL"):
        open_engine(url)


@pytest.mark.skipif(find_spec("asyncpg") is not None, reason="the driver is installed")
def test_a_missing_driver_is_named_with_the_command_that_gets_it() -> None:
    with pytest.raises(MissingPart, match="asyncpg") as caught:
        open_engine("postgresql://h/d")
    assert caught.value.mend == "pip install asyncpg"
