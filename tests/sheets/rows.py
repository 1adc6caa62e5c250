"""Rows for the tests of sheets."""

from __future__ import annotations

from datetime import UTC, datetime

from domain.ports import Evidence, LeadRow

BUDGET = Evidence(value="400000", quote="about four hundred thousand", confidence=0.92, at_ms=34_500)
AREA = Evidence(value="north", quote="somewhere north, I guess", confidence=0.41, at_ms=61_000)


def lead_row(number: int = 1, **changes: object) -> LeadRow:
    """Return a lead's row with `changes`."""
    values: dict[str, object] = {
        "lead_id": f"00000000-0000-4000-8000-{number:012}",
        "name": f"Ann Lee {number}",
        "phone": f"+1202555{100 + number:04}",
        "status": "Done",
        "outcome": "Qualified",
        "score": 72.5,
        "values": {"budget": BUDGET, "area": AREA},
        "appointment": "",
        "next_step": "Arrange an appointment",
        "recording": f"http://127.0.0.1:8000/calls/{number}/recording",
        "updated_at": datetime(2026, 3, 2, 15, 4, 30, tzinfo=UTC),
    }
    return LeadRow(**(values | changes))  # type: ignore[arg-type]
