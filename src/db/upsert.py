"""Insert or update, in the words of SQLite and PostgreSQL alike."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, case, func
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlalchemy.sql.elements import KeyedColumnElement

from db import tables

_ONCE = frozenset({tables.suppressions})
"""Tables whose first row stands."""

_Insert = sqlite.Insert | postgresql.Insert


def insert_into(connection: AsyncConnection, table: Table) -> _Insert:
    """Return an insert that knows ON CONFLICT."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def upsert(connection: AsyncConnection, table: Table) -> _Insert:
    """Return the statement that writes whole rows of `table` by primary key; repeating it changes nothing."""
    statement = insert_into(connection, table)
    if table in _ONCE:
        return statement.on_conflict_do_nothing()
    key = list(table.primary_key.columns)
    if table is tables.leads:
        return statement.on_conflict_do_update(index_elements=key, set_=_merged_lead(statement.excluded))
    return statement.on_conflict_do_update(
        index_elements=key, set_={column.name: statement.excluded[column.name] for column in table.columns}
    )


def _merged_lead(new: ReadOnlyColumnCollection[str, KeyedColumnElement[Any]]) -> dict[str, ColumnElement[Any]]:
    """Keep the latest known fact of each kind, whichever call is projected first."""
    old = tables.leads.columns
    is_newer = new["updated_at"] >= old.updated_at
    merged: dict[str, ColumnElement[Any]] = {
        name: case((is_newer, func.coalesce(new[name], old[name])), else_=func.coalesce(old[name], new[name]))
        for name in ("name", "timezone", "address", "value")
    }
    return merged | {"updated_at": case((is_newer, new["updated_at"]), else_=old.updated_at)}
