"""What a person wants of the call itself, by rule; no word of any business."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from settings.yaml_file import load_yaml_model

PHRASES = Path(__file__).parent / "phrases"
_FLAGS = re.IGNORECASE


class Intent(StrEnum):
    """Wishes that hold for any call."""

    OPT_OUT = "opt_out"
    WRONG_NUMBER = "wrong_number"
    ROBOT = "robot"
    HUMAN = "human"
    WHO = "who"
    CALLBACK = "callback"
    BUSY = "busy"
    PROCEED = "proceed"
    NOT_INTERESTED = "not_interested"
    REPEAT = "repeat"
    GOODBYE = "goodbye"
    AFFIRM = "affirm"
    DENY = "deny"
    UNSURE = "unsure"
    FIRST = "first"
    SECOND = "second"
    EARLIER = "earlier"
    LATER = "later"
    HEDGE = "hedge"
    WAIT = "wait"
    PRESENCE = "presence"
    CANCEL = "cancel"
    RESCHEDULE = "reschedule"
    QUESTION = "question"


class Phrasebook(BaseModel):
    """The phrases of one language: regular expressions by intent."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    language: str
    intents: dict[Intent, tuple[str, ...]]


@lru_cache(maxsize=1)
def rules() -> dict[Intent, tuple[re.Pattern[str], ...]]:
    """Return all languages' rules, compiled; the language that a recogniser names is too unsure to choose by."""
    books = [load_yaml_model(path, Phrasebook) for path in sorted(PHRASES.glob("*.yaml"))]
    return {
        intent: tuple(re.compile(rule, _FLAGS) for book in books for rule in book.intents.get(intent, ()))
        for intent in Intent
    }


def find_intents(text: str) -> dict[Intent, str]:
    """Return the intents in `text` with the words that show each."""
    plain = text.replace("\u2019", "'")
    found: dict[Intent, str] = {}
    for intent, patterns in rules().items():
        # "Are you a real person?" asks about the machine, and is no wish for a person.
        where = plain.replace(found[Intent.ROBOT], " ") if intent is Intent.HUMAN and Intent.ROBOT in found else plain
        match = next(filter(None, (pattern.search(where) for pattern in patterns)), None)
        if match is not None:
            found[intent] = match.group().strip()
    return found
