"""Cuts a stream of words into clauses that can be spoken one by one."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator

MIN_CHARS = 10
MAX_CHARS = 200

_TITLES = frozenset(
    ("mr", "mrs", "ms", "dr", "prof", "st", "ave", "blvd", "rd", "ln", "apt", "sq", "vs", "approx", "e.g", "i.e")
)
"""Abbreviations that never end a sentence here; a wrong guess only makes a clause longer."""
_CLOSERS = frozenset(("a.m", "p.m", "etc", "inc", "ltd", "jr", "sr", "ft", "u.s"))
"""Abbreviations that end a sentence when a capital or a digit follows."""
_SENTENCE = r"[.!?\u2026]+[\"'\u201d\u2019)\]]*(?=\s)"
_SENTENCE_END = re.compile(_SENTENCE)
_CLAUSE_END = re.compile(rf"{_SENTENCE}|[,;:](?=\s)|(?<=[^\W\d])[,;](?=\Z)|\u2014|(?<=\s)[\u2013-](?=\s)")
_LAST_WORD = re.compile(r"[^\s(\"'\u201c\u2018\[]*$")
_SENTENCE_START = re.compile(r"\s+[\"'\u201c\u2018(\[]*[A-Z0-9]")


class ClauseChunker:
    """Collects pieces of text and gives back clauses of 10 to 200 characters.

    The first clause ends at the first comma, semicolon, colon, dash or sentence end that leaves at least 10
    characters, so that speech starts early; later ones end at sentence ends, so that they sound whole. Most marks
    count once white space follows, hence numbers (1,200 or 3.5) and times (3:30 p.m.) stay whole. A comma right after
    a letter counts at once, a token earlier. Abbreviations (Mr., St., a.m.) don't end a clause, but "a.m." and its
    like do before a capital. A run of more than 200 characters is cut at its last space. Clauses come without the
    white space around them; no other character is lost. The last clause may be shorter than 10 characters.
    """

    def __init__(self) -> None:
        """Start at the beginning of a reply."""
        self._buffer = ""
        self._first = True

    def feed(self, piece: str) -> list[str]:
        """Add `piece` and return the clauses that it completes, mostly none or one."""
        self._buffer = (self._buffer + piece).lstrip()
        clauses = []
        while (end := self._boundary()) is not None:
            clauses.append(self._cut(end))
        return clauses

    def flush(self) -> list[str]:
        """Return what is left, if anything, and start afresh; call it at the end of the stream."""
        rest = self._buffer.rstrip()
        self._buffer, self._first = "", True
        return [rest] if rest else []

    def _cut(self, end: int) -> str:
        clause = self._buffer[:end].rstrip()
        self._buffer = self._buffer[end:].lstrip()
        self._first = False
        return clause

    def _boundary(self) -> int | None:
        pattern = _CLAUSE_END if self._first else _SENTENCE_END
        for mark in pattern.finditer(self._buffer, 0, MAX_CHARS + 1):
            if MIN_CHARS <= mark.end() <= MAX_CHARS and not self._is_inside(mark):
                return mark.end()
        return _last_space(self._buffer) if len(self._buffer) > MAX_CHARS else None

    def _is_inside(self, mark: re.Match[str]) -> bool:
        """Whether the mark is the full stop of an abbreviation or an initial, not the end of a sentence."""
        if mark.group() != ".":
            return False
        found = _LAST_WORD.search(self._buffer, 0, mark.start())
        word = found.group() if found else ""
        if word.lower() in _CLOSERS:
            return not _SENTENCE_START.match(self._buffer, mark.end())
        is_initial = len(word) == 1 and word.isupper() and word != "I"
        return is_initial or word.lower() in _TITLES


def _last_space(text: str) -> int:
    """Return where to cut a text that has run too long: its last space within the limit, else the limit."""
    space = text.rfind(" ", MIN_CHARS, MAX_CHARS + 1)
    return space if space > 0 else MAX_CHARS


async def clauses(pieces: AsyncIterator[str]) -> AsyncGenerator[str, None]:
    """Yield the clauses of a stream of pieces, each as soon as it is complete."""
    chunker = ClauseChunker()
    async for piece in pieces:
        for clause in chunker.feed(piece):
            yield clause
    for clause in chunker.flush():
        yield clause
