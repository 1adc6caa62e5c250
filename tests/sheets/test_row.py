"""From events to what the manager reads."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from domain.events import Answered, Appointment, Ended, EventData, FollowUp, OptedOut, SlotFilled
from domain.lead import lead_id_of
from domain.ports import Evidence, LeadRow
from sheets.row import row_from
from tests.fakes.call_events import PHONE, VIEWING, numbered, placed, ready_buyer


def row(*data: EventData) -> LeadRow:
    found = row_from(numbered(placed(), *data), recording="r.wav")
    assert found is not None
    return found


def test_a_whole_call() -> None:
    events = ready_buyer()
    assert row_from(events, recording="r.wav") == LeadRow(
        lead_id=lead_id_of(PHONE),
        name="Ann Lee",
        phone=PHONE,
        status="Done",
        outcome="Appointment booked",
        score=72.5,
        values={"bedrooms": Evidence("3", "three bedrooms", 0.93, 2000)},
        appointment="Wed 04 Mar 2026, 14:30 (America/New_York), 12 Elm Street",
        next_step="Prepare the appointment",
        recording="r.wav",
        updated_at=events[-1].at,
    )


@pytest.mark.parametrize("events", [[], numbered(Answered())])
def test_what_is_no_call_has_no_row(events: list[object]) -> None:
    assert row_from(events) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ([], "Calling"),
        ([Answered()], "Talking"),
        ([Answered(), OptedOut(quote="stop")], "Do not call"),
        ([Answered(), OptedOut(quote="stop"), Ended(outcome="opted_out", reason="")], "Do not call"),
        ([Ended(outcome="busy", reason="")], "Done"),
    ],
)
def test_status(data: list[EventData], status: str) -> None:
    assert row(*data).status == status


def test_a_recording_is_shown_once_there_is_one() -> None:
    ended = Ended(outcome="no_answer", reason="")
    assert row(ended).recording == ""
    assert row(Answered()).recording == ""
    assert row(Answered(), ended).recording == "r.wav"


def test_a_corrected_value_replaces_the_earlier() -> None:
    said = [
        SlotFilled(name="area", value=value, quote=value, confidence=0.9, start_ms=1) for value in ("north", "south")
    ]
    assert row(*said).values["area"].value == "south"


@pytest.mark.parametrize(
    ("actions", "shown"),
    [
        ([], ""),
        (["held"], "Held: Wed"),
        (["booked"], "Wed"),
        (["booked", "held"], "Wed"),
        (["booked", "cancelled"], "Cancelled: Wed"),
        (["booked", "moved"], "Wed"),
    ],
)
def test_appointment(actions: list[str], shown: str) -> None:
    changes = [VIEWING.model_copy(update={"action": action}) for action in actions]
    assert row(*changes).appointment.split(" 04")[0] == shown


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", ""])
def test_an_unknown_zone_shows_the_times_own_offset(zone: str) -> None:
    change = Appointment(action="booked", start=VIEWING.start, zone=zone, place="there")
    assert row(change).appointment == f"Wed 04 Mar 2026, 19:30 ({zone or 'UTC'}), there"


AT = datetime(2026, 3, 3, 20, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("data", "step"),
    [
        ([Answered()], ""),
        ([FollowUp(at=AT, urgency="high")], ""),
        (
            [FollowUp(at=AT, urgency="high"), Ended(outcome="callback_scheduled", reason="")],
            "Call back Tue 03 Mar 2026, 15:30 (America/New_York)",
        ),
        ([FollowUp(at=AT, urgency="high"), Ended(outcome="opted_out", reason="")], "Do not call again"),
        ([Ended(outcome="qualified", reason="")], "Arrange an appointment"),
        ([Ended(outcome="not_interested", reason="")], ""),
    ],
)
def test_next_step(data: list[EventData], step: str) -> None:
    assert row(*data).next_step == step
