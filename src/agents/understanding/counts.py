"""Counts with their unit: "two bedrooms", and what recognition makes of it."""

from __future__ import annotations

import re

from agents.understanding.numbers import Number
from agents.understanding.values import SlotValue

MAX_COUNT = 50
_HOMOPHONES = {"to": "2", "too": "2", "for": "4"}


def find_count(name: str, units: tuple[str, ...], text: str, numbers: list[Number], *, asked: bool) -> SlotValue | None:
    """Return the count of one of `units` in `text`; a bare number counts when it was `asked` for."""
    unit = "|".join(units)
    counts = [number for number in numbers if number.value == int(number.value) and number.value <= MAX_COUNT]
    found = _with_unit(name, unit, text, counts) or _misheard(name, unit, text)
    if found is not None or not asked:
        return found
    if counts:
        return SlotValue(name, str(int(counts[-1].value)), text.strip(), 0.85)
    bare = re.fullmatch(r"\W*(to|too|for)\W*", text, re.IGNORECASE)
    return SlotValue(name, _HOMOPHONES[bare.group(1).lower()], text.strip(), 0.5) if bare else None


def _with_unit(name: str, unit: str, text: str, counts: list[Number]) -> SlotValue | None:
    adjectives = r"(?:(?:or more|plus|full|big|small|large|nice|good|separate)\s+)*"
    for number in counts:
        behind = re.match(rf"[\s-]*{adjectives}(?:{unit})", text[number.end :], re.IGNORECASE)
        if behind:
            quote = text[number.start : number.end + behind.end()]
            return SlotValue(name, str(int(number.value)), quote.strip(), 0.95)
    return None


def _misheard(name: str, unit: str, text: str) -> SlotValue | None:
    """Recognition writes "to" and "for" where two and four were said before a unit; "a bedroom" is one."""
    heard = re.search(rf"\b(to|too|for)\s+(?:{unit})", text, re.IGNORECASE)
    if heard:
        return SlotValue(name, _HOMOPHONES[heard.group(1).lower()], heard.group(), 0.6)
    single = re.search(rf"\b(?:a|an|single)\s+(?:{unit})\b", text, re.IGNORECASE)
    return SlotValue(name, "1", single.group(), 0.7) if single else None
