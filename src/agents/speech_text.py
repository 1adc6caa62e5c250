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
_MONTHS = ("January February March April May June July August September October November December").split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_LIMIT = 1_000_000_000
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_URL = re.compile(r"\b(?:https?://|www\.)\S+|\S+@\S+\.\S+", re.IGNORECASE)
_ID = re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b|\b[A-Z]{2}[0-9a-f]{32}\b", re.IGNORECASE)
_MARKUP = re.compile(r"[*_`#>|~<\[\]{}\\]+")
_DATE = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_CLOCK = re.compile(r"\b([01]?\d|2[0-3]):([0-5]\d)(?::[0-5]\d)?(?:\s*([ap])\.?m\b\.?)?", re.IGNORECASE)
_HOUR = re.compile(r"\b(1[0-2]|[1-9])\s*([ap])\.?m\b\.?", re.IGNORECASE)
_MONEY = re.compile(r"\$\s?(\d[\d,]*)(?:\.(\d\d))?(?:\s?(k|m)\b)?", re.IGNORECASE)
_PHONE = re.compile(r"\+?\d(?:[\s().-]*\d){7,}")
_ORDINAL = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)\b", re.IGNORECASE)
_SCALED = re.compile(r"\b(\d[\d,]*)\s?(k|m)\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_SCALES = {"k": 1_000, "m": 1_000_000}
_SYMBOLS = {
    "%": " percent",
    "@": " at ",
    "&": " and ",
    "+": " plus ",
    "=": " equals ",
    "°": " degrees",
    "$": " dollars ",
    "/": " ",
}


def number_words(value: int) -> str:
    """Return a whole number from 0 to 999,999,999 in words."""
    if value < 20:
        return _ONES[value]
    if value < 100:
        tens, ones = divmod(value, 10)
        return _TENS[tens] + (f"-{_ONES[ones]}" if ones else "")
    for size, name in ((1_000_000, "million"), (1_000, "thousand")):
        if value >= size:
            whole, rest = divmod(value, size)
            return f"{number_words(whole)} {name}" + (f" {number_words(rest)}" if rest else "")
    whole, rest = divmod(value, 100)
    return f"{_ONES[whole]} hundred" + (f" {number_words(rest)}" if rest else "")


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
    """Return `text` fit for a voice: no markup, links or ids; no digit; at most 150 words."""
    plain = _MARKUP.sub(" ", _ID.sub(" ", _URL.sub(" ", _LINK.sub(r"\1", text))))
    for pattern, say in (
        (_DATE, _say_date),
        (_CLOCK, _say_clock),
        (_HOUR, lambda match: _say_hour(int(match.group(1)), 0, match.group(2))),
        (_MONEY, _say_money),
        (_PHONE, lambda match: _digits(match.group())),
        (_ORDINAL, lambda match: ordinal_words(int(match.group(1))) if int(match.group(1)) else "zeroth"),
        (_SCALED, lambda match: _say_whole(match.group(1), _SCALES[match.group(2).lower()])),
        (_NUMBER, _say_number),
    ):
        plain = pattern.sub(say, plain)
    for symbol, word in _SYMBOLS.items():
        plain = plain.replace(symbol, word)
    plain = re.sub(r"\s+([.,!?;:])", r"\1", plain)
    return " ".join(plain.split()[:MAX_WORDS])


def _say_date(match: re.Match[str]) -> str:
    try:
        day = date(int(match.group(1)), int(match.group(2)), int(match.group(3)))
    except ValueError:
        return " ".join(_digits(group) for group in match.groups())
    return f"{_MONTHS[day.month - 1]} {ordinal_words(day.day)}"


def _say_clock(match: re.Match[str]) -> str:
    return _say_hour(int(match.group(1)), int(match.group(2)), match.group(3))


def _say_hour(hour: int, minute: int, half: str | None) -> str:
    if half is None:
        return spoken_time(time(hour, minute))
    return spoken_time(time(hour % 12 + (12 if half.lower() == "p" else 0), minute))


def _say_money(match: re.Match[str]) -> str:
    whole, cents, scale = match.groups()
    dollars = f"{_say_whole(whole, _SCALES.get((scale or '').lower(), 1))} dollars"
    return dollars + (f" and {number_words(int(cents))} cents" if cents and int(cents) else "")


def _say_whole(digits: str, scale: int = 1) -> str:
    value = int(digits.replace(",", "")) * scale
    return number_words(value) if value < _LIMIT else _digits(digits)


def _say_number(match: re.Match[str]) -> str:
    """Say a number in words, with spaces so that "B12" stays two words; long codes digit by digit."""
    whole, point, decimals = match.group().partition(".")
    spoken = _digits(whole) if whole.startswith("0") and len(whole) > 1 else _say_whole(whole)
    if point:
        spoken = f"{spoken} point {_digits(decimals)}"
    before = match.string[: match.start()]
    after = match.string[match.end() :]
    return f"{' ' if before[-1:].isalnum() else ''}{spoken}{' ' if after[:1].isalnum() else ''}"


def _digits(text: str) -> str:
    return " ".join(_ONES[int(digit)] for digit in text if digit.isdigit())
