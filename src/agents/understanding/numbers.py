"""Spoken whole numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ONES = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
}
_TENS = {
    word: value
    for value, word in zip(
        range(20, 100, 10), "twenty thirty forty fifty sixty seventy eighty ninety".split(), strict=True
    )
}
_SCALES = {"hundred": 100, "thousand": 1_000, "grand": 1_000, "k": 1_000, "million": 1_000_000, "m": 1_000_000}
_WORD = "|".join([*_ONES, *_TENS, "hundred", "thousand", "grand", "million"])
# "and" joins the parts of one number, and two numbers of a range.
_AND = r"(?:(?<=hundred )|(?<=thousand )|(?<=million ))and[\s-]+"
_DIGITS = r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?"
NUMBER = re.compile(
    rf"\b(?:(?:half|quarter) (?:of )?a million|a (?:hundred|thousand|million)|"
    rf"(?:{_DIGITS})\s?(?:k|m|million|thousand|grand|hundred)?\b|"
    rf"(?:{_WORD})(?:[\s-]+(?:{_AND})?(?:{_WORD}))*)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number, where it stands in the text, and whether its own words gave its scale (`k`, `thousand`)."""

    value: float
    start: int
    end: int
    scaled: bool


def find_numbers(text: str) -> list[Number]:
    """Return the numbers in `text` from left to right."""
    found = []
    for match in NUMBER.finditer(text):
        words = match.group().lower()
        value = _value(words)
        if value is not None:
            scaled = bool(re.search(r"k\b|m\b|million|thousand|grand|hundred", words))
            found.append(Number(value, match.start(), match.end(), scaled))
    return found


def _value(words: str) -> float | None:
    if words.startswith("half"):
        return 500_000.0
    if words.startswith("quarter"):
        return 250_000.0
    digits = re.match(rf"({_DIGITS})\s?([a-z]*)$", words)
    if digits:
        return float(digits.group(1).replace(",", "")) * _SCALES.get(digits.group(2), 1)
    return _spoken([word for word in re.split(r"[\s-]+", words) if word not in ("and",)])


def _spoken(words: list[str]) -> float | None:
    total, group, last = 0, 0, 0
    for word in words:
        if word == "a":
            group = 1
        elif word in _SCALES and _SCALES[word] == 100:
            group = max(group, 1) * 100
        elif word in _SCALES:
            total += max(group, 1) * _SCALES[word]
            group = 0
        else:
            step = _ONES.get(word, _TENS.get(word, 0))
            # "four fifty" names hundreds, "twenty five" a sum.
            group = group * 100 + step if 0 < last < 10 and step >= 10 and group < 10 else group + step
            last = step
            continue
        last = 0
    return float(total + group)
