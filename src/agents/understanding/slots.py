"""Facts in a person's words, by the playbook's slot specifications."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agents.playbook import SlotSpec
from agents.understanding.numbers import Number, find_numbers

_NEGATION = re.compile(r"\b(?:no|not|don'?t|do not|without|isn'?t|never|nor)\b[\w\s]{0,20}$", re.IGNORECASE)
_CORRECTION = re.compile(r"\b(?:no,? (?:wait|sorry|i mean)|i (?:mean|meant)|sorry,? i|actually|make (?:that|it)|rather)\b", re.IGNORECASE)
_FILLERS = re.compile(
    r"^(?:(?:uh|um|oh|well|so|yes|yeah|okay|ok|sure|maybe|probably|ideally|preferably|just|i think|i guess|i'?d say|let'?s say|i'?d like|"
    r"we'?d like|i want|we want|i'?m looking|we'?re looking|looking|somewhere|anywhere|anything|something|it'?s|in|around|near|at|the area of|close to|"
    r"would be|to be|by|for|a|an)\W+)+",
    re.IGNORECASE,
)
_TAIL = re.compile(r"\W+(?:ideally|please|preferably|maybe|probably|i think|i guess|if possible|would be (?:great|nice|perfect|ideal)|for (?:us|me)|area|thanks|thank you)\W*$", re.IGNORECASE)
_PLACE = r"((?:the )?[A-Z][\w'.-]*(?:\s+(?:[A-Z][\w'.-]*|of|the|de|del|la|los|san|santa))*)"
_NOT_PLACES = frozenset(
    "i i'm i'd i've yes yeah no ok okay sure hello hi monday tuesday wednesday thursday friday saturday sunday january february "
    "march april may june july august september october november december the a an we my it that this well".split()
)


@dataclass(frozen=True, slots=True)
class SlotValue:
    """A fact: its value as a string, the words it came from, and how sure it is, 0 to 1."""

    name: str
    value: str
    quote: str
    confidence: float


def find_slots(text: str, specs: dict[str, SlotSpec], *, asked: str | None) -> list[SlotValue]:
    """Return the facts in `text`; `asked` is the slot that the agent just asked for, whose bare answers count.

    After a correction ("no, I meant ...") only what follows it counts, where it says anything.
    """
    plain = text.replace("\u2019", "'")
    correction = list(_CORRECTION.finditer(plain))
    if correction:
        corrected = _find(plain[correction[-1].end() :], specs, asked)
        if corrected:
            return corrected
    return _find(plain, specs, asked)


def _find(text: str, specs: dict[str, SlotSpec], asked: str | None) -> list[SlotValue]:
    numbers = find_numbers(text)
    found = []
    for name, spec in specs.items():
        value = _one(name, spec, text, numbers, asked=asked == name)
        if value is not None:
            found.append(value)
    return found


def _one(name: str, spec: SlotSpec, text: str, numbers: list[Number], *, asked: bool) -> SlotValue | None:
    if spec.kind == "count":
        return _count(name, spec, text, numbers, asked=asked)
    if spec.kind == "money":
        return _money(name, text, numbers, asked=asked)
    if spec.kind == "place":
        return _place(name, spec, text, asked=asked)
    found = _choice(name, spec.values, text, negatable=spec.kind == "choice")
    return found or (_choice(name, spec.if_asked, text, negatable=False) if asked else None)


def _count(name: str, spec: SlotSpec, text: str, numbers: list[Number], *, asked: bool) -> SlotValue | None:
    unit = "|".join(spec.units)
    for number in numbers:
        if number.value != int(number.value) or number.value > 50:
            continue
        behind = re.match(rf"[\s-]*(?:(?:or more|plus|full|big|small|large|nice|good)\s+)?(?:{unit})", text[number.end :], re.IGNORECASE)
        if behind:
            quote = text[number.start : number.end + behind.end()]
            return SlotValue(name, str(int(number.value)), quote.strip(), 0.95)
    # Recognition writes "to" and "for" for two and four before a unit.
    heard = re.search(rf"\b(to|too|for)\s+(?:{unit})", text, re.IGNORECASE)
    if heard:
        return SlotValue(name, "4" if heard.group(1).lower() == "for" else "2", heard.group(), 0.6)
    single = re.search(rf"\b(?:a|an|one|single)\s+(?:{unit})\b", text, re.IGNORECASE)
    if single:
        return SlotValue(name, "1", single.group(), 0.7)
    if asked and numbers and numbers[-1].value <= 50 and numbers[-1].value == int(numbers[-1].value):
        last = numbers[-1]
        return SlotValue(name, str(int(last.value)), text.strip(), 0.85)
    if asked and re.fullmatch(r"\W*(?:to|too)\W*", text, re.IGNORECASE):
        return SlotValue(name, "2", text.strip(), 0.5)
    return None


def _money(name: str, text: str, numbers: list[Number], *, asked: bool) -> SlotValue | None:
    amounts = []
    for number in numbers:
        sign = text[: number.start].rstrip().endswith(("$", "€", "£"))
        unit = re.match(r"\s*(?:dollars?|bucks|euros?|pounds?|usd)\b", text[number.end :], re.IGNORECASE)
        if sign or unit or (number.scaled and number.value >= 1_000) or asked:
            amounts.append((number, bool(sign or unit or number.scaled)))
    if not amounts:
        return None
    number, marked = amounts[-1] if _CORRECTION.search(text) else max(amounts, key=lambda pair: pair[0].value)
    value = number.value
    # "Four fifty" for a home means thousands; an unmarked small number can't be the whole amount.
    if value < 1_000 and not (text[: number.start].rstrip().endswith("$")) and value >= 50:
        value *= 1_000
    if value < 50:
        return None
    return SlotValue(name, str(int(value)), text.strip(), 0.95 if marked else 0.75)


def _choice(name: str, values: dict[str, tuple[str, ...]], text: str, *, negatable: bool) -> SlotValue | None:
    """Return the value whose pattern fits the longest stretch of `text`; a negated one doesn't count."""
    best: SlotValue | None = None
    for value, patterns in values.items():
        for match in (match for pattern in patterns for match in re.finditer(pattern, text, re.IGNORECASE)):
            if negatable and _NEGATION.search(text[: match.start()]):
                continue
            if best is None or len(match.group().strip()) > len(best.quote):
                best = SlotValue(name, value, match.group().strip(), 0.9)
    return best


def _place(name: str, spec: SlotSpec, text: str, *, asked: bool) -> SlotValue | None:
    for known in spec.known:
        match = re.search(rf"\b{re.escape(known)}\b", text, re.IGNORECASE)
        if match and not _NEGATION.search(text[: match.start()]):
            return SlotValue(name, known, match.group(), 0.95)
    prepositions = "|".join(re.escape(word) for word in spec.prepositions)
    match = re.search(rf"\b(?:{prepositions})\s+{_PLACE}", text)
    if match and match.group(1).split()[0].lower() not in _NOT_PLACES:
        return SlotValue(name, _clean_place(match.group(1)), match.group(), 0.85)
    if not asked:
        return None
    rest = _TAIL.sub("", _FILLERS.sub("", text.strip())).strip(" .,!?")
    capitals = re.search(_PLACE, rest)
    if capitals and capitals.group(1).split()[0].lower() not in _NOT_PLACES:
        return SlotValue(name, _clean_place(capitals.group(1)), text.strip(), 0.75)
    return None


def _clean_place(place: str) -> str:
    return place.strip(" .,!?'").removeprefix("the ")
