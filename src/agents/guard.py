"""The output guard: what the model words may not add to what was said and planned. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agents.understanding.numbers import find_numbers

MAX_WORDS = 16
_COMMITMENT = re.compile(
    r"\b(?:i'?ll|i will|we'?ll|we will|i can|we can|i'?ve|we'?ve|i have|we have|you'?ll|you will|you can|let me|"
    r"i'?m going|going to|guarantee\w*|promise\w*|discount\w*|free|cheap\w*|best price|deal\w*|offer\w*|available|"
    r"availability|found|book\w*|schedul\w*|confirm\w*|send\w*|email\w*|e-mail\w*|call you|price\w*|cost\w*|"
    r"sure thing, i|unfortunately|sorry|cannot|can'?t|won'?t|my name|i am|assistant|language model|as an ai)\b",
    re.IGNORECASE,
)
_MARKUP = re.compile(
    r"[*_`#<>\[\]{}|\\]|https?:|www\.|@|\b(?:caller|reply|plan|lead|agent|user|assistant)\s*:", re.IGNORECASE
)
_FIRST_PERSON = re.compile(r"\b(?:i|me|my|mine|we|our|ours|us)\b", re.IGNORECASE)
_SECOND_PERSON = {
    "i'm": "you're",
    "i am": "you are",
    "i was": "you were",
    "i've": "you've",
    "i'd": "you'd",
    "i": "you",
    "we're": "you're",
    "we've": "you've",
    "we'd": "you'd",
    "we": "you",
    "me": "you",
    "us": "you",
    "my": "your",
    "our": "your",
    "mine": "yours",
    "ours": "yours",
}
_FIRST_PERSON_FORMS = re.compile(rf"\b(?:{'|'.join(sorted(_SECOND_PERSON, key=len, reverse=True))})\b", re.IGNORECASE)
_OWN_VOICE = re.compile(
    r"\bi(?:'m glad| understand| see|'m happy| appreciate|'ll keep it short|'ll be quick)\b", re.IGNORECASE
)
_SPEAKS_TO_SOMEBODY = re.compile(r"(?<!thank )\byou(?:r|rs|'\w+)?\b", re.IGNORECASE)
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]+")
_COURTESIES = frozenset(
    "the and that you your for with not yet all right good great got know noted thank thanks understood lovely fine no "
    "problem hurry there already would like see course perfect sounds glad happy time keep short quick quite nice okay "
    "within about around near end next once two three four five six seven eight nine ten hundred thousand million half "
    "rooms everything urgent ask".split()
)
_SMALL = frozenset("i ok okay monday tuesday wednesday thursday friday saturday sunday".split())


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a reply may draw on: the lead's words, the planned line, and the words of the prompt's examples.

    A content word that stands in an example and in neither of the others was parroted.
    """

    said: str
    planned: str
    example_words: frozenset[str] = frozenset()


def to_the_lead(text: str) -> str:
    """Return `text` turned from the lead's first person to the second, where the model repeats the lead's own words."""
    if not _FIRST_PERSON.search(_OWN_VOICE.sub("", text)) or _SPEAKS_TO_SOMEBODY.search(text):
        return text
    turned = _FIRST_PERSON_FORMS.sub(lambda match: _SECOND_PERSON[match.group().lower()], text.replace("\u2019", "'"))
    return turned[:1].upper() + turned[1:]


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
    own = _OWN_VOICE.sub("", text)
    if _FIRST_PERSON.search(own):
        return "speaks in the lead's voice"
    commitment = _COMMITMENT.search(own)
    if commitment:
        return f"commits to something: {commitment.group()}"
    if f" {_plain(text)} " in f" {_plain(grounds.said)} " and not text.endswith(","):
        return "repeats the lead"
    return _ungrounded(text, grounds)


def _ungrounded(text: str, grounds: Grounds) -> str | None:
    known = f"{grounds.said} {grounds.planned}"
    allowed = {number.value for number in find_numbers(known)}
    for number in find_numbers(text):
        if number.value not in allowed:
            return f"a number nobody said: {text[number.start : number.end]}"
    spoken = known.lower()
    parroted = content_words(text) & grounds.example_words - content_words(known)
    if parroted:
        return f"parrots an example: {min(parroted)}"
    for name in _NAME.findall(text):
        if name.lower() not in spoken and name.lower() not in _SMALL:
            return f"a name nobody said: {name}"
    return None


def content_words(text: str) -> frozenset[str]:
    """Return the words of `text` that carry its content: nouns and names more or less, numbers not."""
    words = re.findall(r"[a-z]{3,}", text.lower())
    return frozenset(word for word in words if word not in _COURTESIES)


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().lower()
