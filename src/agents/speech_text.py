"""Text as a voice says it: no markdown, no ids, numbers, money, dates and times as words."""

from __future__ import annotations

import re
from datetime import date, datetime, time

MAX_WORDS = 150
_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_MONTHS = "January February March April May June July August September October November December".split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_MARKUP = re.compile(r"[*_`#>|~]+|\[([^\]]*)\]\([^)]*\)")
_URL = re.compile(r"\b(?:https?://|www\.)\S+|\S+@\S+\.\S+", re.IGNORECASE)
_ID = re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b|\b[A-Z]{2}[0-9a-f]{32}\b", re.IGNORECASE)
_MONEY = re.compile(r"\$\s?(\d[\d,]*)(?:\.00)?(k|K|m|M)?\b")
_NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?![\w]|\.\d)")


def number_words(value: int) -> str:
    """Return a whole number from 0 to 999,999,999 in words."""
    if value < 20:
        return _ONES[value]
    if value < 100:
        tens, ones = divmod(value, 10)
        return _TENS[tens] + (f"-{_ONES[ones]}" if ones else "")
    for size, name in ((1_000_000, "million"), (1_000, "thousand"), (100, "hundred")):
        if value >= size:
            whole, rest = divmod(value, size)
            return f"{number_words(whole)} {name}" + (f" {number_words(rest)}" if rest else "")
    return _ONES[0]


def ordinal_words(value: int) -> str:
    """Return an ordinal from 1 to 99 in words."""
    words = number_words(value)
    head, dash, last = words.rpartition("-")
    spoken = _ORDINALS.get(last) or (last[:-1] + "ieth" if last.endswith("y") else last + "th")
    return f"{head}{dash}{spoken}"


def spoken_time(at: time) -> str:
    """Return a clock time as people say it, with its part of the day."""
    if at == time(12):
        return "noon"
    hour = _ONES[(at.hour - 1) % 12 + 1]
    minute = "" if at.minute == 0 else f" {'oh ' if at.minute < 10 else ''}{number_words(at.minute)}"
    part = "in the morning" if at.hour < 12 else "in the afternoon" if at.hour < 17 else "in the evening"
    return f"{hour}{minute} {part}"


def spoken_day(day: date, today: date, *, full: bool = False) -> str:
    """Return a day as people say it seen from `today`; `full` always names weekday, month and day."""
    named = f"{_DAYS[day.weekday()]}, {_MONTHS[day.month - 1]} {ordinal_words(day.day)}"
    if full:
        return named
    ahead = (day - today).days
    if ahead == 0:
        return "today"
    if ahead == 1:
        return "tomorrow"
    return _DAYS[day.weekday()] if ahead < 7 else named


def spoken_moment(at: datetime, now: datetime, *, full: bool = False) -> str:
    """Return a moment in its own zone as people say it."""
    join = "," if full else ""
    return f"{spoken_day(at.date(), now.date(), full=full)}{join} at {spoken_time(at.time())}"


def speakable(text: str) -> str:
    """Return `text` fit for a voice: no markup, links or ids; numbers and money in words; at most 150 words."""
    plain = _MARKUP.sub(lambda match: match.group(1) or "", text)
    plain = _ID.sub("", _URL.sub("", plain))
    plain = _MONEY.sub(_money, plain)
    plain = _NUMBER.sub(lambda match: _in_words(match.group()), plain)
    words = plain.split()
    return " ".join(words[:MAX_WORDS])


def _money(match: re.Match[str]) -> str:
    amount = int(match.group(1).replace(",", ""))
    scale = {"k": 1_000, "m": 1_000_000}.get((match.group(2) or "").lower(), 1)
    if amount * scale >= 1_000_000_000:
        return match.group()
    return f"{number_words(amount * scale)} dollars"


def _in_words(digits: str) -> str:
    value = int(digits.replace(",", ""))
    return number_words(value) if value < 1_000_000_000 else digits
