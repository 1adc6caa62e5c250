"""Everything that one utterance says, in one pass."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from agents.playbook import Playbook
from agents.understanding.intents import Intent, find_intents
from agents.understanding.mood import sentiment
from agents.understanding.slots import find_slots
from agents.understanding.times import NO_WISH, TimeWish, find_time
from agents.understanding.values import SlotValue
from domain.turn import Expects, Utterance

_NO_ANSWER = {
    Intent.OPT_OUT,
    Intent.WRONG_NUMBER,
    Intent.HUMAN,
    Intent.ROBOT,
    Intent.WHO,
    Intent.REPEAT,
    Intent.GOODBYE,
    Intent.CALLBACK,
    Intent.BUSY,
    Intent.WAIT,
    Intent.PRESENCE,
}
"""Where one of these is meant, bare words are no answer to the open question."""
_KEYS = {"1": Intent.AFFIRM, "2": Intent.DENY}


@dataclass(frozen=True, slots=True)
class Understanding:
    """What was said.

    intents: each with the words that show it. objection, request, fact: a kind that the playbook names. sentiment: from
    -1 to 1.
    """

    text: str
    intents: Mapping[Intent, str] = field(default_factory=dict)
    slots: tuple[SlotValue, ...] = ()
    objection: str | None = None
    request: str | None = None
    fact: str | None = None
    wish: TimeWish = NO_WISH
    sentiment: float = 0.0

    def has(self, *intents: Intent) -> bool:
        """Whether any of `intents` was shown."""
        return any(intent in self.intents for intent in intents)

    @property
    def agrees(self) -> bool:
        """Whether it is a yes and no no."""
        return self.has(Intent.AFFIRM) and not self.has(Intent.DENY)

    @property
    def refuses(self) -> bool:
        """Whether it is a no."""
        return self.has(Intent.DENY)


def understand(
    utterance: Utterance, playbook: Playbook, now: datetime, *, asked: str | None, expects: Expects
) -> Understanding:
    """Read `utterance`; `now` is aware and local, `asked` the slot last asked for, `expects` the answer awaited."""
    if utterance.source == "dtmf":
        return _keyed(utterance.text, playbook)
    text = utterance.text
    intents = find_intents(text)
    answers = not _NO_ANSWER & intents.keys()
    return Understanding(
        text=text,
        intents=intents,
        slots=tuple(find_slots(text, playbook.slots, asked=asked if answers else None)),
        objection=_first(text, {kind: spec.patterns for kind, spec in playbook.objections.items()}),
        request=_first(text, {name: spec.patterns for name, spec in playbook.requests.items()}),
        fact=_first(text, {name: fact.patterns for name, fact in playbook.facts.items()}),
        wish=find_time(text, now, expected=expects is Expects.DATE_TIME),
        sentiment=sentiment(text),
    )


def _keyed(digit: str, playbook: Playbook) -> Understanding:
    if digit in playbook.operator_keys:
        return Understanding(digit, {Intent.HUMAN: digit})
    intent = _KEYS.get(digit)
    return Understanding(digit, {intent: digit} if intent else {})


def _first(text: str, kinds: Mapping[str, tuple[str, ...]]) -> str | None:
    plain = text.replace("\u2019", "'")
    for kind, patterns in kinds.items():
        if any(re.search(pattern, plain, re.IGNORECASE) for pattern in patterns):
            return kind
    return None
