"""Names that an agent offers: runs of capitalised words that are no address and no start of a sentence."""

from __future__ import annotations

import re
from collections.abc import Collection

from agents.understanding.places import is_name_word

_WORD = r"[A-Z][\w'&-]*"
_JOINT = r"(?:at|of|the|de|la|del|and|&)"
_RUN = re.compile(rf"(?:\d{{2,5}} )?{_WORD}(?: (?:{_JOINT} )*{_WORD})*")
_AFTER_A_NAME = re.compile(
    r",?\s+(?:(?:which )?is )?(?:located|situated|at \d|apartments?\b|is (?:a|an|another|also|one)\b)"
)
_SENTENCE_START = re.compile(r"(?:^|[.!?:])\s*$")


def find_name(text: str, nouns: tuple[str, ...], *, known: Collection[str] = ()) -> str | None:
    """Return the name that `text` offers, None where it offers none; `known` names don't count.

    One that ends in one of `nouns` goes before others. A number and a name without such a noun is an address, and a
    single capitalised word that begins a sentence is a name only where an address or the like follows.
    """
    noun = re.compile(rf"^(?:{'|'.join(nouns)})$", re.IGNORECASE)
    plain: str | None = None
    for match in _RUN.finditer(text):
        words = _trimmed(match.group().split())
        following = re.match(r"\s+(\w+s)\b", text[match.end() :])
        if following and words and noun.match(following.group(1)) and not noun.match(words[-1]):
            words.append(following.group(1))
        if not words or " ".join(words) in known:
            continue
        if noun.match(words[-1]) and len(words) > 1:
            return " ".join(words)
        begins = len(words) == len(match.group().split()) == 1 and _SENTENCE_START.search(text[: match.start()])
        if begins and not _AFTER_A_NAME.match(text[match.end() :]):
            continue
        if plain is None and not words[0][0].isdigit():
            plain = " ".join(words)
    return plain


def _trimmed(words: list[str]) -> list[str]:
    """Drop words at the start that only begin a sentence, with whatever joins them to the name."""
    while words and not words[0][0].isdigit() and (not is_name_word(words[0]) or words[0].islower()):
        words = words[1:]
    return words
