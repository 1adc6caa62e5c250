"""A fact found in a person's words."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NEGATION = re.compile(r"\b(?:no|not|don'?t|do not|without|isn'?t|never|nor)\b[\w\s]{0,20}$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SlotValue:
    """A fact: its value as a string, the words it came from, and how sure it is, 0 to 1."""

    name: str
    value: str
    quote: str
    confidence: float


def negated(text: str, start: int) -> bool:
    """Whether what begins at `start` is denied by the words just before it."""
    return bool(_NEGATION.search(text[:start]))
