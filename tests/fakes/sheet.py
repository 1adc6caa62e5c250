"""A sheet in memory."""

from __future__ import annotations

from dataclasses import replace

from domain.errors import LeadlineError
from domain.ports import LeadRow


class MemorySheet:
    """Implements `domain.ports.LeadSheet`; `failures` are raised by the next puts, in order."""

    def __init__(self) -> None:
        """Start empty."""
        self.rows: dict[str, LeadRow] = {}
        self.puts = 0
        self.failures: list[LeadlineError] = []

    async def put(self, row: LeadRow) -> None:
        """Keep `row`; values that it doesn't have stay."""
        self.puts += 1
        if self.failures:
            raise self.failures.pop(0)
        earlier = self.rows.get(row.lead_id)
        self.rows[row.lead_id] = row if earlier is None else replace(row, values=earlier.values | row.values)
