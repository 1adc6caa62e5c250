"""Places: names after a preposition, before a noun of the trade, or on their own where a place was asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agents.understanding.values import SlotValue, negated

_NAME = r"((?:the )?[A-Z][\w'-]*(?:\s+(?:[A-Z][\w'-]*|of|the|de|del|la|los|san|santa|city|hill)(?![\w.]*@))*)"
_SENTENCE = re.compile(r"(?<!\bSt)(?<!\bMt)[.!?;]+\s+")
_FILLERS = re.compile(
    r"^(?:(?:uh|um|oh|well|so|yes|yeah|okay|ok|sure|maybe|probably|ideally|preferably|please|just|i think|i guess|"
    r"i'?d say|let'?s say|i'?d like|we'?d like|i want|we want|i'?m looking|we'?re looking|looking|look|"
    r"find|somewhere|anywhere|anything|something|it'?s|in|"
    r"around|near|at|the area of|close to|would be|to be|by|for|a|an|the)\W+)+",
    re.IGNORECASE,
)
_NOT_NAMES = frozenset(
    "i i'm i'd i've i'll yes yeah no ok okay sure hello hi hey please find look can could do does would will is are "
    "what which where when how great thanks thank sorry good perfect also and but so actually monday tuesday wednesday "
    "thursday friday saturday sunday january february march april may june july august september october november "
    "december am pm the a an we my it it's that that's this these there there's well let's lets any anywhere nowhere "
    "not never none he she they you you're your yours him her them at in on from to of for oh alright right shall just "
    "here here's how's what's found another unfortunately sadly their its they're course kindly confirming number "
    "phone see who why goodbye bye located rent yup yep awesome".split()
)


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """What helps to find a place: names that are known, prepositions before one, and nouns that follow one."""

    known: tuple[str, ...] = ()
    prepositions: tuple[str, ...] = ()
    nouns: tuple[str, ...] = ()


def find_place(name: str, words: PlaceWords, text: str, *, asked: bool) -> SlotValue | None:
    """Return the place in `text`; a bare name counts where a place was `asked` for."""
    for known in words.known:
        match = re.search(rf"\b{re.escape(known)}\b", text, re.IGNORECASE)
        if match and not negated(text, match.start()):
            return SlotValue(name, known, match.group(), 0.95)
    sentences = [sentence for sentence in _SENTENCE.split(text) if sentence.strip()]
    for sentence in sentences:
        found = _after_preposition(name, words, sentence) or _before_noun(name, words, sentence)
        if found is not None:
            return found
    bare = (_bare(name, sentence) for sentence in sentences) if asked else ()
    return next((found for found in bare if found is not None), None)


def _after_preposition(name: str, words: PlaceWords, sentence: str) -> SlotValue | None:
    prepositions = "|".join(re.escape(word) for word in words.prepositions)
    if not prepositions:
        return None
    for match in re.finditer(rf"\b(?i:{prepositions})\s+(?:the\s+)?{_NAME}", sentence):
        if _is_name(match.group(1)) and not negated(sentence, match.start()):
            return SlotValue(name, _clean(match.group(1), words), match.group(), 0.85)
    return None


def _before_noun(name: str, words: PlaceWords, sentence: str) -> SlotValue | None:
    nouns = "|".join(words.nouns)
    if not nouns:
        return None
    for match in re.finditer(rf"\b(?i:a|an|the|some)\s+{_NAME}\s+(?i:{nouns})\b", sentence):
        if _is_name(match.group(1)):
            return SlotValue(name, _clean(match.group(1), words), match.group(), 0.7)
    return None


def _bare(name: str, sentence: str) -> SlotValue | None:
    rest = _FILLERS.sub("", sentence.strip()).strip(" .,!?")
    for match in re.finditer(_NAME, rest):
        if _is_name(match.group(1)) and not negated(rest, match.start()):
            return SlotValue(name, _clean(match.group(1), PlaceWords()), sentence.strip(), 0.75)
    return None


def is_name_word(word: str) -> bool:
    """Whether a capitalised word can begin a name."""
    return word.lower() not in _NOT_NAMES


def _is_name(found: str) -> bool:
    return is_name_word(found.removeprefix("the ").split()[0])


def _clean(found: str, words: PlaceWords) -> str:
    place = found.strip(" .,!?'-").removeprefix("the ")
    nouns = "|".join(words.nouns)
    return re.sub(rf"\s+(?:{nouns})$", "", place, flags=re.IGNORECASE) if nouns else place
