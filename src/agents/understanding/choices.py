"""Choices and wishes: one of the values that a playbook names, each by the patterns that mean it."""

from __future__ import annotations

import re

from agents.understanding.values import SlotValue, negated

_SENTENCE = re.compile(r"[^.!?]+[.!?]*")
_INQUIRY = re.compile(
    r"\b(?:whether|if|is (?:it|is|the|this|that|an?)|is [A-Z]\w+|are (?:there|they|the|my|our|\w+s)|"
    r"do (?:they|you)|does (?:it|the|that|this)|can (?:i|we)|may (?:i|we)|would they|how about|^\W*are|"
    r"^\W*is)\b[^.!?]*$",
    re.IGNORECASE,
)
_WISH = re.compile(
    r"\b(?:want|wanted|need|looking for|look for|find|must|should|i'd like|would like|prefer|others?|another|where|"
    r"there any|with)\b[^.!?]*$",
    re.IGNORECASE,
)


def find_choice(
    name: str, values: dict[str, tuple[str, ...]], text: str, *, negatable: bool = True
) -> SlotValue | None:
    """Return the value whose pattern fits the longest stretch of `text`; a denied one doesn't count."""
    best: SlotValue | None = None
    for value, patterns in values.items():
        for match in (match for pattern in patterns for match in re.finditer(pattern, text, re.IGNORECASE)):
            if negatable and negated(text, match.start()):
                continue
            if best is None or len(match.group().strip()) > len(best.quote):
                best = SlotValue(name, value, match.group().strip(), 0.9)
    return best


def find_wish(name: str, values: dict[str, tuple[str, ...]], text: str) -> SlotValue | None:
    """Return the wish in `text`; asking whether something is so isn't one, asking for something that is so is."""
    for sentence in _SENTENCE.findall(text):
        found = find_choice(name, values, sentence)
        if found is None:
            continue
        upto = sentence[: sentence.index(found.quote) + len(found.quote)]
        if _WISH.search(upto) or not _INQUIRY.search(upto):
            return found
    return None
