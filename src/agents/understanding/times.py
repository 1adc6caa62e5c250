"""Spoken dates and times, resolved in a person's own zone; the recogniser is Microsoft's Recognizers-Text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Literal
from zoneinfo import ZoneInfo

Part = Literal["morning", "afternoon", "evening"]
_PARTS: dict[Part, tuple[time, time]] = {
    "morning": (time(6), time(12)),
    "afternoon": (time(12), time(17)),
    "evening": (time(17), time(21)),
}
_MIDDLES: dict[Part, time] = {"morning": time(10), "afternoon": time(14, 30), "evening": time(18, 30)}
_DAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
_HINT = re.compile(
    rf"\b(?:{_DAYS}|today|tonight|tomorrow|weekend|week|weeks|month|mornings?|afternoons?|evenings?|noon|"
    r"midday|january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|"
    r"jul|aug|sept?|oct|nov|dec|"
    r"o'?clock|half past|quarter (?:past|to)|a\.?m\b|p\.?m\b|hours?|minutes|\d{1,2}(?:st|nd|rd|th)|\d{1,2}:\d{2}|"
    r"in \w+ days|at (?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d{1,2})(?= (?:in|on|thirty|"
    r"fifteen|forty)\b|\W*$))\b",
    re.IGNORECASE,
)
_EXCLUDED = re.compile(rf"\b(?:not|except|anything but|can'?t (?:do|make)|no)\s+(?:on\s+)?({_DAYS})\b", re.IGNORECASE)
_BARE_ORDINAL = re.compile(r"\bthe (\d{1,2})(?:st|nd|rd|th)\b(?! (?:one|option|of|slot|time))", re.IGNORECASE)
_BARE_TIME = re.compile(
    r"\b(?:at|around|about|say|by|maybe)?\s*(one|two|three|four|five|six|seven|eight|nine|ten|eleven|"
    r"twelve|\d{1,2})(?:[:. ](\d{2}|thirty|fifteen|forty[- ]five))?\b",
    re.IGNORECASE,
)
_HOURS = {
    word: hour for hour, word in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), 1)
}
_MINUTES = {"thirty": 30, "fifteen": 15, "forty-five": 45, "forty five": 45}


@dataclass(frozen=True, slots=True)
class TimeWish:
    """What was said of a time: any of a day, a clock time and a part of the day, with the words.

    `day_end` makes the day a range. `ambiguous` tells that the clock time was said without a half of the day.
    """

    quote: str
    day: date | None = None
    day_end: date | None = None
    clock: time | None = None
    ambiguous: bool = False
    part: Part | None = None
    excluded: frozenset[int] = frozenset()

    @property
    def empty(self) -> bool:
        """Whether nothing was said of a time."""
        return self.day is None and self.clock is None and self.part is None and not self.excluded

    def likely_clock(self, *, opens: time = time(8), closes: time = time(20)) -> time | None:
        """Return the clock time, its half of the day chosen so that it falls between `opens` and `closes`."""
        if self.clock is None or not self.ambiguous:
            return self.clock
        if self.part in ("afternoon", "evening") and self.clock.hour < 12:
            return self.clock.replace(hour=self.clock.hour + 12)
        if self.part == "morning":
            return self.clock
        early = self.clock.replace(hour=self.clock.hour % 12)
        late = early.replace(hour=early.hour + 12)
        return early if opens <= early < closes else late

    def clocks(self, opens: time, closes: time) -> tuple[time, ...]:
        """Return the clock times that the words may mean between `opens` and `closes`: none, one or two."""
        if self.clock is None:
            return ()
        if not self.ambiguous or self.part is not None:
            likely = self.likely_clock()
            meant = [likely] if likely is not None else []
        else:
            early = self.clock.replace(hour=self.clock.hour % 12)
            meant = [early, early.replace(hour=early.hour + 12)]
        return tuple(clock for clock in meant if opens <= clock <= closes)

    def then(self, later: TimeWish) -> TimeWish:
        """Return what is wished once `later` has been said after this: it keeps what it doesn't replace."""
        if later.empty:
            return self
        same_day = later.day is None
        keeps_clock = same_day and later.clock is None and later.part is not None
        return TimeWish(
            quote=later.quote,
            day=self.day if same_day else later.day,
            day_end=self.day_end if same_day else later.day_end,
            clock=self.clock if keeps_clock else later.clock,
            ambiguous=self.ambiguous if keeps_clock else later.ambiguous,
            part=later.part if later.part or later.clock else self.part,
            excluded=self.excluded | later.excluded,
        )

    def names(self, start: datetime) -> bool:
        """Whether the aware local `start` fits all that was said, the clock time too."""
        clock = self.likely_clock()
        return self.allows(start) and (clock is None or clock == start.time())

    def allows(self, start: datetime) -> bool:
        """Whether the aware local `start` fits day, part and exclusions; the clock time is not looked at."""
        if start.weekday() in self.excluded:
            return False
        if self.day is not None and not self.day <= start.date() <= (self.day_end or self.day):
            return False
        if self.part is not None:
            begins, ends = _PARTS[self.part]
            return begins <= start.time() < ends
        return True


NO_WISH = TimeWish(quote="")
"""Nothing was said of a time."""


def find_time(text: str, now: datetime, *, expected: bool = False) -> TimeWish:
    """Return what `text` says of a time, seen from `now`, aware and local.

    `expected` tells that a time was asked for, so that a bare number counts as one.
    """
    plain = text.replace("\u2019", "'")
    if not _HINT.search(plain) and not (expected and _BARE_TIME.search(plain)):
        return NO_WISH
    excluded = frozenset(_weekday(match.group(1)) for match in _EXCLUDED.finditer(plain))
    wish = TimeWish(quote=text.strip(), excluded=excluded)
    for entity in _recognise(_EXCLUDED.sub(" ", plain), now.replace(tzinfo=None, second=0, microsecond=0)):
        wish = _merge(wish, entity, now)
    if wish.day is None:
        ordinal = _BARE_ORDINAL.search(plain)
        if ordinal:
            wish = replace(wish, day=_next_month_day(int(ordinal.group(1)), now.date()))
    if wish.clock is None and expected:
        wish = _bare_clock(wish, plain)
    return wish


def resolve(phrase: str, now: datetime, zone: str, language: str = "en") -> datetime | None:
    """Return the moment that `phrase` names, aware, in `zone`; None where it names no clock time or part of a day.

    `now` is aware. `language` is an ISO 639-1 code; phrases of other languages than English are not understood.
    """
    if language != "en":
        return None
    local = now.astimezone(ZoneInfo(zone))
    return following(find_time(phrase, local, expected=True), local)


def following(wish: TimeWish, now: datetime) -> datetime | None:
    """Return the moment that `wish` names, after `now`; None while its clock time or part is missing.

    A part of the day stands for its middle: ten, half past two, half past six.
    """
    clock = wish.likely_clock()
    if clock is None and wish.part is not None:
        clock = _MIDDLES[wish.part]
    if clock is None:
        return None
    moment = datetime.combine(wish.day or now.date(), clock, tzinfo=now.tzinfo)
    if moment <= now and wish.day is None:
        moment += timedelta(days=1)
    return moment if moment > now else None


@lru_cache(maxsize=1)
def _model() -> Any:  # noqa: ANN401  the package carries no types
    from recognizers_date_time import Culture, DateTimeRecognizer

    return DateTimeRecognizer(Culture.English).get_datetime_model()


def load() -> None:
    """Load the recogniser; takes about a second, so it is done before the first call."""
    _model().parse("tomorrow at three", datetime(2026, 1, 1))  # noqa: DTZ001  the package wants naive local time


@lru_cache(maxsize=256)
def _recognise(text: str, minute: datetime) -> Sequence[Any]:
    """Return what the recogniser finds, seen from `minute`, naive and local; a guess is often made again."""
    found: Sequence[Any] = _model().parse(text, minute)
    return found


def _merge(wish: TimeWish, entity: Any, now: datetime) -> TimeWish:  # noqa: ANN401
    kind = entity.type_name.removeprefix("datetimeV2.")
    values = (entity.resolution or {}).get("values") or []
    if not values or any(value.get("timex") == "PRESENT_REF" for value in values):
        return wish
    if kind in ("date", "datetime"):
        return _point(wish, values, now, with_clock=kind == "datetime")
    if kind == "time":
        clocks = sorted({time.fromisoformat(value["value"]) for value in values if "value" in value})
        return _clocked(wish, clocks)
    if kind in ("datetimerange", "timerange", "daterange"):
        return _range(wish, values, kind, now)
    return wish


def _point(wish: TimeWish, values: Sequence[dict[str, str]], now: datetime, *, with_clock: bool) -> TimeWish:
    moments = [
        datetime.fromisoformat(value["value"]) for value in values if value.get("value", "").startswith(("19", "2"))
    ]
    days = sorted({moment.date() for moment in moments if moment.date() >= now.date()})
    # A weekday's name means the next such day, not today.
    later = [day for day in days if day > now.date()] or days
    chosen = (days if "XXXX" not in values[0].get("timex", "") else later)[:1]
    wish = replace(wish, day=chosen[0]) if chosen and wish.day is None else wish
    if not with_clock:
        return wish
    return _clocked(wish, sorted({moment.time() for moment in moments}))


def _clocked(wish: TimeWish, clocks: Sequence[time]) -> TimeWish:
    if not clocks or wish.clock is not None:
        return wish
    return replace(wish, clock=clocks[0], ambiguous=len(clocks) > 1)


def _range(wish: TimeWish, values: Sequence[dict[str, str]], kind: str, now: datetime) -> TimeWish:
    timex = values[0].get("timex", "")
    part: Part | None = next((name for mark, name in _MARKS.items() if mark in timex), None)
    if part is not None and wish.part is None:
        wish = replace(wish, part=part)
    if kind == "timerange":
        return wish
    spans = [(value.get("start", ""), value.get("end", "")) for value in values if value.get("start")]
    later = [span for span in spans if datetime.fromisoformat(span[0]).date() >= now.date()] or spans[-1:]
    if not later or wish.day is not None:
        return wish
    start, end = datetime.fromisoformat(later[0][0]), datetime.fromisoformat(later[0][1] or later[0][0])
    last = end.date() - timedelta(days=1) if kind == "daterange" else start.date()
    return replace(wish, day=max(start.date(), now.date()), day_end=last if last > start.date() else None)


_MARKS: dict[str, Part] = {"TMO": "morning", "TAF": "afternoon", "TEV": "evening", "TNI": "evening"}


def _bare_clock(wish: TimeWish, text: str) -> TimeWish:
    match = _BARE_TIME.search(text)
    if match is None:
        return wish
    word = match.group(1).lower()
    hour = _HOURS.get(word) or int(word)
    minutes = match.group(2)
    minute = _MINUTES.get(minutes.lower(), 0) or (int(minutes) if minutes.isdigit() else 0) if minutes else 0
    if word == "one" and re.search(
        r"\b(?:first|second|last|that|this|which|either|other|early|late|earlier|later|sooner|latter|former) one\b",
        text,
        re.IGNORECASE,
    ):
        return wish
    if hour > 23 or minute > 59:
        return wish
    return replace(wish, clock=time(hour, minute), ambiguous=hour <= 12)


def _weekday(name: str) -> int:
    return _DAYS.split("|").index(name.lower())


def _next_month_day(day: int, today: date) -> date | None:
    for ahead in range(62):
        candidate = today + timedelta(days=ahead)
        if candidate.day == day:
            return candidate
    return None
