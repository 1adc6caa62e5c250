"""Calls and transcripts as the rows have them: a moment behind the events."""

from __future__ import annotations

import base64
import binascii
import builtins
from dataclasses import fields
from datetime import datetime

from sqlalchemy import Row, Select, select, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import transaction
from db.records import AppointmentRecord, CallRecord, LeadRecord, TurnRecord
from db.tables import appointments, calls, leads, turns
from domain.errors import InvalidInput, NotFound

_STAGES = ("total", "stt", "understand", "first_clause", "first_audio")
_TURN = tuple(field.name for field in fields(TurnRecord) if field.name != "latency_ms")


class CallRecords:
    """Reads the rows of calls."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Read behind `engine`."""
        self._engine = engine

    async def list(self, cursor: str | None = None, limit: int = 50) -> tuple[builtins.list[CallRecord], str | None]:
        """Return up to `limit` calls, newest first, and the cursor of the next page, None on the last.

        Raises:
            InvalidInput: the cursor is none, or the limit isn't 1 to 500.
            StorageFailed: the database is away.
        """
        if not 1 <= limit <= 500:
            raise InvalidInput("limit is from 1 to 500")
        query = _calls().order_by(calls.c.placed_at.desc(), calls.c.id.desc()).limit(limit + 1)
        if cursor:
            query = query.where(tuple_(calls.c.placed_at, calls.c.id) < tuple_(*_place(cursor)))
        async with transaction(self._engine) as connection:
            rows = (await connection.execute(query)).all()
        items = [_call(row) for row in rows[:limit]]
        return items, _cursor(items[-1]) if len(rows) > limit else None

    async def get(self, call_id: str) -> CallRecord:
        """Return one call.

        Raises:
            NotFound: no such call.
            StorageFailed: the database is away.
        """
        async with transaction(self._engine) as connection:
            row = (await connection.execute(_calls().where(calls.c.id == call_id))).one_or_none()
        if row is None:
            raise NotFound(f"no call {call_id!r}")
        return _call(row)

    async def transcript(self, call_id: str) -> builtins.list[TurnRecord]:
        """Return the call's turns in order.

        Raises:
            NotFound: no such call.
            StorageFailed: the database is away.
        """
        query = select(turns).where(turns.c.call_id == call_id).order_by(turns.c.seq)
        async with transaction(self._engine) as connection:
            rows = (await connection.execute(query)).all()
        if not rows:
            await self.get(call_id)
        return [_turn(row) for row in rows]


def _calls() -> Select[*tuple[object, ...]]:
    return (
        select(
            calls,
            *(column.label(f"lead_{column.name}") for column in leads.columns if column.name != "id"),
            *(column.label(f"appointment_{column.name}") for column in appointments.columns),
        )
        .join(leads, leads.c.id == calls.c.lead_id)
        .outerjoin(appointments, appointments.c.call_id == calls.c.id)
    )


def _call(row: Row[*tuple[object, ...]]) -> CallRecord:
    appointment = None
    if row.appointment_id is not None:
        appointment = AppointmentRecord(
            status=row.appointment_status,
            start=row.appointment_starts_at,
            zone=row.appointment_zone,
            place=row.appointment_place,
        )
    return CallRecord(
        call_id=row.id,
        to=row.phone,
        playbook=row.playbook,
        status=row.status,
        outcome=row.outcome,
        reason=row.reason,
        verdict=row.verdict,
        score=row.score,
        lead=LeadRecord(
            id=row.lead_id,
            phone=row.lead_phone,
            name=row.lead_name,
            timezone=row.lead_timezone,
            address=row.lead_address,
            value=row.lead_value,
        ),
        appointment=appointment,
        placed_at=row.placed_at,
        answered_at=row.answered_at,
        ended_at=row.ended_at,
        duration_ms=row.duration_ms,
    )


def _turn(row: Row[*tuple[object, ...]]) -> TurnRecord:
    values = {name: getattr(row, name) for name in _TURN}
    return TurnRecord(**values, latency_ms={stage: getattr(row, f"{stage}_ms") for stage in _STAGES})


def _cursor(call: CallRecord) -> str:
    return base64.urlsafe_b64encode(f"{call.placed_at.isoformat()} {call.call_id}".encode()).decode().rstrip("=")


def _place(cursor: str) -> tuple[datetime, str]:
    """Return the place and id that `cursor` stands for."""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        at, _, call_id = text.partition(" ")
        placed_at = datetime.fromisoformat(at)
    except (binascii.Error, ValueError) as error:
        raise InvalidInput("the cursor is none of ours") from error
    if placed_at.tzinfo is None or not call_id:
        raise InvalidInput("the cursor is none of ours")
    return placed_at, call_id
