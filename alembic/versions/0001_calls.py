"""Calls, what was learnt in them, bookings and suppressions."""

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None

_LIVE = sa.text("released_at IS NULL")


def upgrade() -> None:
    """Make the tables, those that others refer to first."""
    _leads_and_calls()
    _turns()
    _learnt()
    _agreed()
    _kept()


def downgrade() -> None:
    """Drop the tables, with their indexes, those that refer to others first."""
    for name in ("positions", "call_keys", "bookings", "suppressions", "follow_ups", "appointments", "objections"):
        op.drop_table(name)
    for name in ("scores", "slots", "transitions", "turns", "calls", "leads"):
        op.drop_table(name)


def _time(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _required(name: str, kind: sa.types.TypeEngine) -> sa.Column:
    return sa.Column(name, kind, nullable=False)


def _of_call(table: str, *items: sa.schema.SchemaItem) -> None:
    """Make a table with a row per event of a call."""
    op.create_table(
        table,
        _required("id", sa.String(36)),
        _required("call_id", sa.String(64)),
        _required("seq", sa.Integer()),
        _time("at"),
        *items,
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=f"fk_{table}_call_id", ondelete="CASCADE"),
        sa.UniqueConstraint("call_id", "seq", name=f"uq_{table}_call_id_seq"),
    )


def _leads_and_calls() -> None:
    op.create_table(
        "leads",
        _required("id", sa.String(36)),
        _required("phone", sa.String(20)),
        sa.Column("name", sa.Text()),
        sa.Column("timezone", sa.String(64)),
        sa.Column("address", sa.Text()),
        sa.Column("value", sa.Text()),
        _time("updated_at"),
        sa.PrimaryKeyConstraint("id", name="pk_leads"),
        sa.UniqueConstraint("phone", name="uq_leads_phone"),
    )
    op.create_table(
        "calls",
        _required("id", sa.String(64)),
        _required("lead_id", sa.String(36)),
        _required("phone", sa.String(20)),
        _required("playbook", sa.String(128)),
        _required("status", sa.String(16)),
        sa.Column("verdict", sa.String(16)),
        sa.Column("outcome", sa.String(32)),
        sa.Column("reason", sa.Text()),
        sa.Column("score", sa.Float()),
        _time("placed_at"),
        _time("answered_at", nullable=True),
        _time("transferred_at", nullable=True),
        _time("ended_at", nullable=True),
        sa.Column("duration_ms", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_calls"),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name="fk_calls_lead_id", ondelete="CASCADE"),
    )
    op.create_index("ix_calls_placed_at_id", "calls", ["placed_at", "id"])
    op.create_index("ix_calls_lead_id", "calls", ["lead_id"])


def _turns() -> None:
    stages = ("total_ms", "stt_ms", "understand_ms", "first_clause_ms", "first_audio_ms")
    _of_call(
        "turns",
        _required("speaker", sa.String(8)),
        sa.Column("agent", sa.String(32)),
        _required("text", sa.Text()),
        sa.Column("heard_text", sa.Text()),
        _required("interrupted", sa.Boolean()),
        sa.Column("wording", sa.String(16)),
        sa.Column("tier", sa.String(32)),
        sa.Column("language", sa.String(8)),
        sa.Column("confidence", sa.Float()),
        _required("start_ms", sa.Integer()),
        sa.Column("end_ms", sa.Integer()),
        *(sa.Column(stage, sa.Float()) for stage in stages),
    )
    _of_call(
        "transitions",
        _required("from_agent", sa.String(32)),
        _required("to_agent", sa.String(32)),
        _required("reason", sa.Text()),
    )


def _learnt() -> None:
    _of_call(
        "slots",
        _required("name", sa.String(64)),
        _required("value", sa.Text()),
        _required("quote", sa.Text()),
        _required("confidence", sa.Float()),
        _required("start_ms", sa.Integer()),
    )
    _of_call("scores", _required("score", sa.Float()), _required("factors", sa.JSON()))
    _of_call("objections", _required("kind", sa.String(64)))


def _agreed() -> None:
    op.create_table(
        "appointments",
        _required("id", sa.String(36)),
        _required("call_id", sa.String(64)),
        _required("seq", sa.Integer()),
        _time("at"),
        _required("status", sa.String(16)),
        _time("starts_at"),
        _required("zone", sa.String(64)),
        _required("place", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_appointments"),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_appointments_call_id", ondelete="CASCADE"),
        sa.UniqueConstraint("call_id", name="uq_appointments_call_id"),
    )
    op.create_index("ix_appointments_starts_at", "appointments", ["starts_at"])
    _of_call(
        "follow_ups",
        _required("lead_id", sa.String(36)),
        _time("due_at"),
        _required("urgency", sa.String(16)),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name="fk_follow_ups_lead_id", ondelete="CASCADE"),
    )
    op.create_index("ix_follow_ups_due_at", "follow_ups", ["due_at"])
    op.create_index("ix_follow_ups_lead_id", "follow_ups", ["lead_id"])


def _kept() -> None:
    op.create_table(
        "suppressions",
        _required("id", sa.String(36)),
        _required("phone", sa.String(20)),
        _required("reason", sa.Text()),
        _time("at"),
        sa.PrimaryKeyConstraint("id", name="pk_suppressions"),
        sa.UniqueConstraint("phone", name="uq_suppressions_phone"),
    )
    op.create_table(
        "bookings",
        _required("id", sa.String(36)),
        _required("place", sa.Text()),
        _time("starts_at"),
        _required("conversation_id", sa.String(64)),
        _time("booked_at"),
        _time("released_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_bookings"),
    )
    live = {"sqlite_where": _LIVE, "postgresql_where": _LIVE}
    op.create_index("uq_bookings_live", "bookings", ["place", "starts_at"], unique=True, **live)
    op.create_index("ix_bookings_conversation_id", "bookings", ["conversation_id"])
    op.create_table(
        "call_keys",
        _required("key", sa.String(255)),
        _required("call_id", sa.String(64)),
        _time("at"),
        sa.PrimaryKeyConstraint("key", name="pk_call_keys"),
    )
    op.create_table(
        "positions",
        _required("projection", sa.String(32)),
        _required("conversation_id", sa.String(64)),
        _required("seq", sa.Integer()),
        _required("ended", sa.Boolean()),
        sa.PrimaryKeyConstraint("projection", "conversation_id", name="pk_positions"),
    )
