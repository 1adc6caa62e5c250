"""Single cells: text that is never a formula, and values with their evidence."""

from __future__ import annotations

import re

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from domain.ports import Evidence

LOW_CONFIDENCE = 0.6
"""Below this a value is coloured, for a person to check."""

_DOUBTFUL = PatternFill("solid", fgColor="FFE699")
_PLAIN = PatternFill()
_FORMULA = re.compile(r"\s*[=+\-@]")
_CELL_LIMIT = 32_767
_AUTHOR = "Leadline"


def clean(text: str) -> str:
    """Return `text` as a cell can hold it: no control characters, at most 32,767 characters."""
    return ILLEGAL_CHARACTERS_RE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))[:_CELL_LIMIT]


def set_text(cell: Cell, text: str) -> None:
    """Write `text`; what a spreadsheet would run as a formula stays text, also when a person edits the cell."""
    safe = clean(text)
    cell.value = safe or None
    if safe:
        cell.data_type = "s"
        cell.quotePrefix = bool(_FORMULA.match(safe))


def set_evidence(cell: Cell, evidence: Evidence) -> None:
    """Write a value, with its quote, confidence and place in the recording as a comment."""
    set_text(cell, evidence.value)
    cell.comment = Comment(describe(evidence), _AUTHOR)
    if evidence.confidence < LOW_CONFIDENCE:
        cell.fill = _DOUBTFUL
    elif cell.fill == _DOUBTFUL:
        cell.fill = _PLAIN


def size_comment(cell: Cell | MergedCell) -> None:
    """Make the box of our own comment large enough; a file doesn't hand its size back when it is read."""
    comment = cell.comment
    if comment is not None and comment.author == _AUTHOR:
        comment.width, comment.height = 320, 110


def describe(evidence: Evidence) -> str:
    """Return the evidence in words: quote, confidence in percent, minute and second in the recording."""
    minutes, seconds = divmod(evidence.at_ms // 1000, 60)
    quote = clean(evidence.quote)
    return f"\u201c{quote}\u201d\nConfidence {evidence.confidence:.0%}\nAt {minutes}:{seconds:02d} in the recording"
