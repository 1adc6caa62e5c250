"""The mood of an utterance, by its words."""

from __future__ import annotations

import re

_POSITIVE = re.compile(
    r"\b(?:great|perfect|love|lovely|good|nice|thanks|thank you|wonderful|excellent|awesome|happy|glad)\b",
    re.IGNORECASE,
)
_NEGATIVE = re.compile(
    r"\b(?:annoy\w*|angry|hate|terrible|awful|bad|stop|ridiculous|waste|wasting|upset|scam|never|worst|fuck\w*|"
    r"not (?:really |at all )?(?:good|great|nice|happy|interested))\b",
    re.IGNORECASE,
)


def sentiment(text: str) -> float:
    """Return the mood of `text`, from -1 to 1; 0 where no word shows any."""
    bad = len(_NEGATIVE.findall(text))
    good = len(_POSITIVE.findall(_NEGATIVE.sub(" ", text)))
    return (good - bad) / (good + bad) if good + bad else 0.0
