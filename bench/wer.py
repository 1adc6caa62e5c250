"""Word error rate with numbers, money, times and ordinals read as words, so that "3:15" equals "three fifteen"."""

from __future__ import annotations

import re

_SMALL = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_TENS = ["zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip
_ALIASES = {
    "preapproval": "pre approval", "preapproved": "pre approved", "ok": "okay", "oh": "zero", "and": "", "am": "a m",
    "pm": "p m", "ai": "a i",
}  # fmt: skip


def number_words(number: int) -> str:
    """Return an integer below a billion in words, without "and"; 1,200 reads as "twelve hundred"."""
    if number < 20:
        return _SMALL[number]
    if number < 100:
        return _TENS[number // 10] + (f" {_SMALL[number % 10]}" if number % 10 else "")
    if number < 1000 or (1000 < number < 10_000 and number % 100 == 0 and number % 1000):
        return _group(number, 100, "hundred")
    if number < 1_000_000:
        return _group(number, 1000, "thousand")
    return _group(number, 1_000_000, "million")


def _group(number: int, unit: int, name: str) -> str:
    high, low = divmod(number, unit)
    return f"{number_words(high)} {name}" + (f" {number_words(low)}" if low else "")


def _ordinal_words(number: int) -> str:
    *head, last = number_words(number).split()
    last = _ORDINALS.get(last) or (last[:-1] + "ieth" if last.endswith("y") else last + "th")
    return " ".join([*head, last])


def _clock_words(match: re.Match[str]) -> str:
    hour, minute = int(match[1]), int(match[2])
    if not minute:
        return number_words(hour)
    return number_words(hour) + (" zero " if minute < 10 else " ") + number_words(minute)


def normalize(text: str) -> list[str]:
    """Return the words of `text`, lower case, without punctuation, with every number spoken."""
    text = text.lower().replace("’", "'").replace("%", " percent")
    text = re.sub(r"\$\s*([\d,.]*\d)(\s*(?:thousand|million|k))?", r"\1\2 dollars", text)
    text = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    text = re.sub(r"(\d+)k\b", r"\g<1>000", text)
    text = re.sub(r"(\d{1,2})[:.](\d{2})\b", _clock_words, text)
    text = re.sub(r"(\d+)(?:st|nd|rd|th)\b", lambda m: f" {_ordinal_words(int(m[1]))} ", text)
    text = re.sub(r"\d+(?:-\d+)+", lambda m: " ".join(_SMALL[int(d)] for d in m[0] if d.isdigit()), text)
    text = re.sub(r"\d+", lambda m: f" {number_words(int(m[0]))} ", text)
    words = re.sub(r"[^\w' ]", " ", text.replace(".m.", "m ")).split()
    return [part for word in words for part in _ALIASES.get(word, word).split()]


def edit_distance(reference: list[str], hypothesis: list[str]) -> int:
    """Return the least number of substitutions, insertions and deletions from one word list to the other."""
    row = list(range(len(hypothesis) + 1))
    for index, word in enumerate(reference, 1):
        previous, row[0] = row[0], index
        for column, other in enumerate(hypothesis, 1):
            previous, row[column] = row[column], min(row[column] + 1, row[column - 1] + 1, previous + (word != other))
    return row[-1]
