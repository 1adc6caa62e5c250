"""Numbers that opted out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import transaction
from db.rows import row_id
from db.tables import suppressions
from db.upsert import upsert


class SqlSuppressions:
    """Implements `domain.ports.Suppressions`: asked in memory, added durably."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Keep the list behind `engine`; it is empty until `load`."""
        self._engine = engine
        self._phones: set[str] = set()

    async def load(self) -> None:
        """Read the list; called at start, after the journal's replay."""
        async with transaction(self._engine) as connection:
            self._phones |= set((await connection.execute(select(suppressions.c.phone))).scalars())

    async def contains(self, phone: str) -> bool:
        """Whether `phone` (E.164) opted out."""
        return phone in self._phones

    async def add(self, phone: str, *, reason: str, at: datetime) -> None:
        """Suppress `phone` for good: at once in this process, durable on return. Repeating is no error."""
        self._phones.add(phone)
        row = {"id": row_id("suppressions", phone), "phone": phone, "reason": reason, "at": at}
        async with transaction(self._engine) as connection:
            await connection.execute(upsert(connection, suppressions), row)
