"""Bookable times: the playbook's hours less what is taken; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from agents.playbook import WEEKDAYS, CalendarSpec
from agents.understanding.times import TimeWish
from domain.ports import Slot


def free_slots(calendar: CalendarSpec, now: datetime, taken: frozenset[datetime]) -> Iterator[Slot]:
    """Yield the free slots after `now` in order; `now` is aware, `taken` holds starts in UTC."""
    zone = ZoneInfo(calendar.zone)
    earliest = now.astimezone(UTC) + timedelta(hours=calendar.notice_hours)
    today = now.astimezone(zone).date()
    step = timedelta(minutes=calendar.slot_minutes)
    for ahead in range(calendar.days + 1):
        day = today + timedelta(days=ahead)
        hours = calendar.hours.get(WEEKDAYS[day.weekday()])
        if hours is None:
            continue
        start = datetime.combine(day, hours.opens, tzinfo=zone)
        closes = datetime.combine(day, hours.closes, tzinfo=zone)
        while start + step <= closes:
            in_utc = start.astimezone(UTC)
            if in_utc >= earliest and in_utc not in taken:
                yield Slot(start, calendar.place)
            start += step


def two_options(slots: Sequence[Slot], wish: TimeWish) -> list[Slot]:
    """Return up to two slots that fit `wish`, on different days or different halves of a day where there are such."""
    fitting = [slot for slot in slots if wish.allows(slot.start)]
    clock = wish.likely_clock()
    if clock is not None:
        fitting.sort(key=lambda slot: (_minutes_apart(slot.start.time(), clock), slot.start))
        return sorted(fitting[:2], key=lambda slot: slot.start)
    if not fitting:
        return []
    first = _at_a_good_hour(fitting)
    other = [slot for slot in fitting if slot.start.date() != first.start.date() and _half(slot) != _half(first)]
    other = other or [slot for slot in fitting if slot.start - first.start >= timedelta(hours=3)]
    other = other or [slot for slot in fitting if slot is not first]
    if not other:
        return [first]
    return sorted((first, _at_a_good_hour(other)), key=lambda slot: slot.start)


def exact(slots: Sequence[Slot], wish: TimeWish) -> Slot | None:
    """Return the free slot that `wish` names by day and clock time, the next such day where it names none."""
    clock = wish.likely_clock()
    if clock is None:
        return None
    for slot in slots:
        if wish.allows(slot.start) and slot.start.time() == clock:
            return slot
    return None


def _at_a_good_hour(slots: Sequence[Slot]) -> Slot:
    return next(
        (slot for slot in slots if slot.start.minute == 0 and slot.start.hour in (10, 11, 14, 15, 16)), slots[0]
    )


def _half(slot: Slot) -> bool:
    return slot.start.hour < 12


def _minutes_apart(one: time, other: time) -> int:
    return abs((one.hour - other.hour) * 60 + one.minute - other.minute)
