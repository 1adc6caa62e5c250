"""Facts in a person's words, by the playbook's slot specifications."""

from __future__ import annotations

import re

from agents.playbook import SlotSpec
from agents.understanding.choices import find_choice, find_wish
from agents.understanding.counts import find_count
from agents.understanding.money import find_money
from agents.understanding.numbers import Number, find_numbers
from agents.understanding.places import PlaceWords, find_place
from agents.understanding.values import SlotValue

_CORRECTION = re.compile(
    r"\b(?:no,? (?:wait|sorry|i mean)|wait,? no|i (?:mean|meant)|sorry,? i|actually|make (?:that|it)|or rather|"
    r"scratch that)\b",
    re.IGNORECASE,
)


def find_slots(text: str, specs: dict[str, SlotSpec], *, asked: str | None) -> list[SlotValue]:
    """Return the facts in `text`; `asked` is the slot that the agent just asked for, whose bare answers count.

    After a correction ("no, I meant ...") only what follows it counts, where it says anything.
    """
    plain = text.replace("\u2019", "'")
    corrections = list(_CORRECTION.finditer(plain))
    if corrections:
        corrected = _find(plain[corrections[-1].end() :], specs, asked)
        if corrected:
            return corrected
    return _find(plain, specs, asked)


def _find(text: str, specs: dict[str, SlotSpec], asked: str | None) -> list[SlotValue]:
    numbers = find_numbers(text)
    found = (_one(name, spec, text, numbers, asked=asked == name) for name, spec in specs.items())
    return [value for value in found if value is not None]


def _one(name: str, spec: SlotSpec, text: str, numbers: list[Number], *, asked: bool) -> SlotValue | None:
    match spec.kind:
        case "count":
            return find_count(name, spec.units, text, numbers, asked=asked)
        case "money":
            return find_money(name, spec.shorthand, text, numbers, asked=asked)
        case "place":
            words = PlaceWords(spec.known, spec.prepositions, spec.nouns)
            return find_place(name, words, text, asked=asked)
        case "choice":
            found = find_choice(name, spec.values, text)
            answer = find_choice(name, spec.if_asked, text, negatable=False) if asked and found is None else None
            return found or answer
        case "boolean":
            return find_wish(name, spec.values, text)
        case _:
            return None
