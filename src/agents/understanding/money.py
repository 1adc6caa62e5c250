"""Amounts of money: "around 300k, maybe 320", "half a million", "four fifty"."""

from __future__ import annotations

import re

from agents.understanding.numbers import Number
from agents.understanding.values import SlotValue

_SIGNS = ("$", "€", "£", "₪")
_UNIT = re.compile(r"\s*(?:dollars?|bucks|euros?|pounds?|usd|shekels?)\b", re.IGNORECASE)
_SMALL = 1_000
_LEAST = 50


def find_money(name: str, shorthand: int, text: str, numbers: list[Number], *, asked: bool) -> SlotValue | None:
    """Return the amount in `text`, the largest of several.

    A bare number counts when it was `asked` for; below 1,000 and without a sign it counts in `shorthand`, the way
    "four fifty" means thousands where such sums are usual.
    """
    amounts = [_amount(text, number, shorthand) for number in numbers]
    fitting = [(value, marked) for value, marked in amounts if (asked or marked) and value >= _LEAST]
    if not fitting:
        return None
    value, marked = max(fitting)
    return SlotValue(name, str(int(value)), text.strip(), 0.95 if marked else 0.75)


def _amount(text: str, number: Number, shorthand: int) -> tuple[float, bool]:
    """Return the sum, and whether its words mark it as money."""
    signed = text[: number.start].rstrip().endswith(_SIGNS)
    in_units = bool(_UNIT.match(text, number.end))
    value = number.value
    if not signed and not in_units and _LEAST <= value < _SMALL:
        value *= shorthand
    return value, signed or in_units or (number.scaled and number.value >= _SMALL)
