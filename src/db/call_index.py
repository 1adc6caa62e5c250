"""Idempotency keys of calls."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import transaction
from db.tables import call_keys
from db.upsert import insert_into
from domain.clock import Clock


class CallIndex:
    """Which call owns which idempotency key."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        """Keep the keys behind `engine`."""
        self._engine = engine
        self._clock = clock

    async def claim(self, key: str, call_id: str) -> str:
        """Give `key` to `call_id` unless a call owns it; return the id that owns it. Durable on return."""
        row = {"key": key, "call_id": call_id, "at": self._clock.now()}
        owner = select(call_keys.c.call_id).where(call_keys.c.key == key)
        async with transaction(self._engine) as connection:
            await connection.execute(insert_into(connection, call_keys).on_conflict_do_nothing(), row)
            owning: str = (await connection.execute(owner)).scalar_one()
        return owning

    async def release(self, key: str, call_id: str) -> None:
        """Give the key back, as the call was never placed; another call's key stays."""
        statement = call_keys.delete().where(call_keys.c.key == key, call_keys.c.call_id == call_id)
        async with transaction(self._engine) as connection:
            await connection.execute(statement)
