"""Whether recognised words make a finished turn."""

from __future__ import annotations

import re

from domain.turn import Expects

_OPEN_ENDS = re.compile(
    r"\b(?:and|or|but|so|because|if|when|that|which|who|with|without|to|for|from|of|in|on|at|by|the|a|an|my|our|your|"
    r"is|are|was|were|about|around|maybe|like|um|uh|er|well|i|i'm|we|we're|it's|not|more|less|than|between|next|would)"
    r"[,.…\s]*$",
    re.IGNORECASE,
)
_TRAILING = re.compile(r"(?:\.\.\.|…|,|-|–)\s*$")
_SENTENCE_END = re.compile(r"[.!?]\s*$")
_SHORT_ANSWER = re.compile(r"^\W*(?:yes|yeah|yep|sure|no|nope|okay|ok|right|correct|hello|hi|please)\b", re.IGNORECASE)


def looks_complete(text: str, expects: Expects) -> bool:
    """Return whether `text` reads as a finished answer to a question of kind `expects`.

    A text that ends in a conjunction, a preposition, an article or a filler isn't; a sentence end is; without one, a
    short answer to a yes-no question is.
    """
    if not text.strip() or _TRAILING.search(text) or _OPEN_ENDS.search(text):
        return False
    if _SENTENCE_END.search(text):
        return True
    return expects is Expects.YES_NO and bool(_SHORT_ANSWER.match(text))
