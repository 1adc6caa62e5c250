"""The output guard: what the model words may not add to what was said and planned. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agents.understanding.numbers import find_numbers

MAX_WORDS = 16
_COMMITMENT = re.compile(
    r"\b(?:i'?ll|i will|we'?ll|we will|i can|we can|i'?ve|we'?ve|i have|we have|you'?ll|you will|you can|let me|i'?m going|going to|guarantee\w*|promise\w*|"
    r"discount\w*|free|cheap\w*|best price|deal\w*|offer\w*|available|availability|found|book\w*|schedul\w*|confirm\w*|send\w*|email\w*|e-mail\w*|"
    r"call you|price\w*|cost\w*|sure thing, i|unfortunately|sorry|cannot|can'?t|won'?t|my name|i am|assistant|language model|as an ai)\b",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"[*_`#<>\[\]{}|\\]|https?:|www\.|@|\b(?:caller|reply|plan|lead|agent|user|assistant)\s*:", re.IGNORECASE)
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]+")
_SMALL = frozenset("i ok okay monday tuesday wednesday thursday friday saturday sunday".split())


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a reply may draw on: the lead's words, the planned line, and lines that must not be parroted."""

    said: str
    planned: str
    examples: tuple[str, ...] = ()


def refusal(text: str, grounds: Grounds) -> str | None:
    """Return why `text` must not be said, None when it may."""
    words = text.split()
    if not words or not re.search(r"[a-zA-Z]{2}", text):
        return "empty"
    if len(words) > MAX_WORDS:
        return "too long"
    if "?" in text:
        return "asks a question of its own"
    if _MARKUP.search(text):
        return "markup"
    commitment = _COMMITMENT.search(text)
    if commitment:
        return f"commits to something: {commitment.group()}"
    if any(_plain(text) == _plain(example) for example in grounds.examples):
        return "repeats an example"
    return _ungrounded(text, grounds)


def _ungrounded(text: str, grounds: Grounds) -> str | None:
    known = f"{grounds.said} {grounds.planned}"
    allowed = {number.value for number in find_numbers(known)}
    for number in find_numbers(text):
        if number.value not in allowed:
            return f"a number nobody said: {text[number.start : number.end]}"
    spoken = known.lower()
    for name in _NAME.findall(text):
        if name.lower() not in spoken and name.lower() not in _SMALL:
            return f"a name nobody said: {name}"
    return None


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().lower()
