"""How far a projection has come, kept in the database."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.engine import transaction
from db.journal import Position
from db.tables import positions
from db.upsert import upsert


class SqlPositions:
    """The positions of one projection."""

    def __init__(self, engine: AsyncEngine, projection: str) -> None:
        """Keep the positions of `projection`, a short stable name."""
        self._engine = engine
        self._projection = projection

    async def load(self) -> dict[str, Position]:
        """Return all positions by conversation."""
        query = select(positions.c.conversation_id, positions.c.seq, positions.c.ended).where(
            positions.c.projection == self._projection
        )
        async with transaction(self._engine) as connection:
            return {row.conversation_id: Position(row.seq, row.ended) for row in await connection.execute(query)}

    async def save(self, conversation_id: str, *, seq: int, ended: bool) -> None:
        """Set the position of a conversation."""
        async with transaction(self._engine) as connection:
            await self.save_within(connection, {conversation_id: Position(seq, ended)})

    async def seq_within(self, connection: AsyncConnection, conversation_id: str) -> int:
        """Return a conversation's position, 0 where there is none, inside the caller's transaction."""
        query = select(positions.c.seq).where(
            positions.c.projection == self._projection, positions.c.conversation_id == conversation_id
        )
        return (await connection.execute(query)).scalar_one_or_none() or 0

    async def save_within(self, connection: AsyncConnection, moved: dict[str, Position]) -> None:
        """Set positions inside the caller's transaction."""
        rows = [
            {"projection": self._projection, "conversation_id": key, "seq": position.seq, "ended": position.ended}
            for key, position in moved.items()
        ]
        if rows:
            await connection.execute(upsert(connection, positions), rows)
