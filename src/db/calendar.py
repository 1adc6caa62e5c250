"""Bookings: two conversations never get the same slot."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.engine import transaction
from db.tables import bookings
from db.upsert import insert_into
from domain.clock import Clock
from domain.ports import Slot


class SqlCalendar:
    """Implements `domain.ports.Calendar`; a unique index over the live bookings decides who gets a slot."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        """Keep bookings behind `engine`."""
        self._engine = engine
        self._clock = clock

    async def taken(self, *, place: str, after: datetime, before: datetime) -> Sequence[datetime]:
        """Return the starts already booked at `place` from `after` until before `before`, in UTC, oldest first."""
        query = (
            select(bookings.c.starts_at)
            .where(bookings.c.place == place, bookings.c.released_at.is_(None))
            .where(bookings.c.starts_at >= after, bookings.c.starts_at < before)
            .order_by(bookings.c.starts_at)
        )
        async with transaction(self._engine) as connection:
            return (await connection.execute(query)).scalars().all()

    async def book(self, slot: Slot, *, conversation_id: str) -> bool:
        """Take `slot`, durably; False when another conversation holds it. Repeating one's own booking is True."""
        row = {"id": str(uuid4()), "place": slot.place, "starts_at": slot.start, "conversation_id": conversation_id}
        owner = select(bookings.c.conversation_id).where(
            bookings.c.place == slot.place, bookings.c.starts_at == slot.start, bookings.c.released_at.is_(None)
        )
        async with transaction(self._engine) as connection:
            insert = insert_into(connection, bookings).on_conflict_do_nothing()
            await connection.execute(insert, row | {"booked_at": self._clock.now()})
            return (await connection.execute(owner)).scalar_one_or_none() == conversation_id

    async def release(self, slot: Slot, *, conversation_id: str) -> None:
        """Give back one's own booking; releasing what isn't held is no error."""
        async with transaction(self._engine) as connection:
            await release_within(connection, conversation_id, at=self._clock.now(), slot=slot)


async def release_within(
    connection: AsyncConnection, conversation_id: str, *, at: datetime, slot: Slot | None = None
) -> None:
    """Release a conversation's booking of `slot`, or all its bookings, inside the caller's transaction."""
    statement = update(bookings).where(bookings.c.conversation_id == conversation_id, bookings.c.released_at.is_(None))
    if slot is not None:
        statement = statement.where(bookings.c.place == slot.place, bookings.c.starts_at == slot.start)
    await connection.execute(statement.values(released_at=at))
