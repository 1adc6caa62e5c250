"""What others take from the database, in one place."""

from db.calendar import SqlCalendar
from db.call_index import CallIndex
from db.call_records import CallRecords
from db.positions import SqlPositions
from db.records import AppointmentRecord, CallRecord, LeadRecord, TurnRecord
from db.suppressions import SqlSuppressions

__all__ = [
    "AppointmentRecord",
    "CallIndex",
    "CallRecord",
    "CallRecords",
    "LeadRecord",
    "SqlCalendar",
    "SqlPositions",
    "SqlSuppressions",
    "TurnRecord",
]
