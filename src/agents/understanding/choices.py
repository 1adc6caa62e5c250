"""Choices and wishes: one of the values that a playbook names, each by the patterns that mean it."""

from __future__ import annotations

import re

from agents.understanding.values import SlotValue, negated

_SENTENCE = re.compile(r"[^.!?]+[.!?]*")
_INQUIRY = re.compile(
    r"^\W*(?:(?:and|also|but|so|ok|okay|great|yes|cool|well|thanks)\W+)*"
    r"(?:(?:do|does|did|will|would) (?:they|it|the|this|that|he|she)|is (?:it|this|that|the)|are (?!there)|can i|may i|"
    r"(?:can|could|would) you (?:please )?(?:tell|say|check|confirm|let me know)|what|"
    r"i (?:want|need|would like|'?d like) to know|"
    r"tell me (?:if|whether)|how about)\b",
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
    """Return the wish in `text`; a question whether something is so isn't one."""
    for sentence in _SENTENCE.findall(text):
        if sentence.rstrip().endswith("?") and _INQUIRY.match(sentence):
            continue
        found = find_choice(name, values, sentence)
        if found is not None:
            return found
    return None
