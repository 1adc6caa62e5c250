"""The tables, as SQLAlchemy Core metadata. Alembic's migrations must agree with it."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=_CONVENTION)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, kept in UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn `value` into UTC.

        Raises:
            ValueError: `value` is naive.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return an aware time in UTC, also where the database keeps no zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _id() -> Column[str]:
    return Column("id", String(36), primary_key=True)


def _call() -> Column[str]:
    return Column("call_id", String(64), ForeignKey("calls.id", ondelete="CASCADE"), nullable=False)


def _lead() -> Column[str]:
    return Column("lead_id", String(36), ForeignKey("leads.id", ondelete="CASCADE"), nullable=False)


def _event() -> tuple[Column[int], Column[datetime]]:
    return Column("seq", Integer, nullable=False), Column("at", UtcDateTime, nullable=False)


leads = Table(
    "leads",
    metadata,
    _id(),
    Column("phone", String(20), nullable=False, unique=True),
    Column("name", Text),
    Column("timezone", String(64)),
    Column("address", Text),
    Column("value", Text),
    Column("updated_at", UtcDateTime, nullable=False),
)

calls = Table(
    "calls",
    metadata,
    Column("id", String(64), primary_key=True),
    _lead(),
    Column("phone", String(20), nullable=False),
    Column("playbook", String(128), nullable=False),
    Column("status", String(16), nullable=False),
    Column("verdict", String(16)),
    Column("outcome", String(32)),
    Column("reason", Text),
    Column("score", Float),
    Column("placed_at", UtcDateTime, nullable=False),
    Column("answered_at", UtcDateTime),
    Column("transferred_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("duration_ms", Integer),
    Index(None, "placed_at", "id"),
    Index(None, "lead_id"),
)

turns = Table(
    "turns",
    metadata,
    _id(),
    _call(),
    *_event(),
    Column("speaker", String(8), nullable=False),
    Column("agent", String(32)),
    Column("text", Text, nullable=False),
    Column("heard_text", Text),
    Column("interrupted", Boolean, nullable=False),
    Column("wording", String(16)),
    Column("tier", String(32)),
    Column("language", String(8)),
    Column("confidence", Float),
    Column("start_ms", Integer, nullable=False),
    Column("end_ms", Integer),
    Column("total_ms", Float),
    Column("stt_ms", Float),
    Column("understand_ms", Float),
    Column("first_clause_ms", Float),
    Column("first_audio_ms", Float),
    UniqueConstraint("call_id", "seq"),
)

transitions = Table(
    "transitions",
    metadata,
    _id(),
    _call(),
    *_event(),
    Column("from_agent", String(32), nullable=False),
    Column("to_agent", String(32), nullable=False),
    Column("reason", Text, nullable=False),
    UniqueConstraint("call_id", "seq"),
)

slots = Table(
    "slots",
    metadata,
    _id(),
    _call(),
    *_event(),
    Column("name", String(64), nullable=False),
    Column("value", Text, nullable=False),
    Column("quote", Text, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("start_ms", Integer, nullable=False),
    UniqueConstraint("call_id", "seq"),
)

scores = Table(
    "scores",
    metadata,
    _id(),
    _call(),
    *_event(),
    Column("score", Float, nullable=False),
    Column("factors", JSON, nullable=False),
    UniqueConstraint("call_id", "seq"),
)

objections = Table(
    "objections",
    metadata,
    _id(),
    _call(),
    *_event(),
    Column("kind", String(64), nullable=False),
    UniqueConstraint("call_id", "seq"),
)

appointments = Table(
    "appointments",
    metadata,
    _id(),
    Column("call_id", String(64), ForeignKey("calls.id", ondelete="CASCADE"), nullable=False, unique=True),
    *_event(),
    Column("status", String(16), nullable=False),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("zone", String(64), nullable=False),
    Column("place", Text, nullable=False),
    Index(None, "starts_at"),
)

follow_ups = Table(
    "follow_ups",
    metadata,
    _id(),
    _call(),
    _lead(),
    *_event(),
    Column("due_at", UtcDateTime, nullable=False),
    Column("urgency", String(16), nullable=False),
    UniqueConstraint("call_id", "seq"),
    Index(None, "due_at"),
    Index(None, "lead_id"),
)

suppressions = Table(
    "suppressions",
    metadata,
    _id(),
    Column("phone", String(20), nullable=False, unique=True),
    Column("reason", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

bookings = Table(
    "bookings",
    metadata,
    _id(),
    Column("place", Text, nullable=False),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("conversation_id", String(64), nullable=False),
    Column("booked_at", UtcDateTime, nullable=False),
    Column("released_at", UtcDateTime),
    Index(
        "uq_bookings_live",
        "place",
        "starts_at",
        unique=True,
        sqlite_where=text("released_at IS NULL"),
        postgresql_where=text("released_at IS NULL"),
    ),
    Index(None, "conversation_id"),
)
"""Who holds which slot: written at once, not projected, since two must never get the same."""

call_keys = Table(
    "call_keys",
    metadata,
    Column("key", String(255), primary_key=True),
    Column("call_id", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
"""Idempotency keys; claimed before the call exists, hence without a foreign key."""

positions = Table(
    "positions",
    metadata,
    Column("projection", String(32), primary_key=True),
    Column("conversation_id", String(64), primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("ended", Boolean, nullable=False),
)
"""How far each projection has come in each conversation's journal."""
