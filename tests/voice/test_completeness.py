"""Whether words make a finished turn."""

from __future__ import annotations

import pytest

from domain.turn import Expects
from voice.completeness import looks_complete


@pytest.mark.parametrize(
    ("text", "expects", "complete"),
    [
        ("Three bedrooms, please.", Expects.NUMBER, True),
        ("Yes", Expects.YES_NO, True),
        ("Yes", Expects.OPEN, False),
        ("We are looking for a house with", Expects.OPEN, False),
        ("Well, we want the,", Expects.OPEN, False),
        ("Our budget is about...", Expects.NUMBER, False),
        ("Somewhere in Riverside or.", Expects.OPEN, False),
        ("", Expects.YES_NO, False),
        ("Could you call me tomorrow?", Expects.OPEN, True),
    ],
)
def test_table(text: str, expects: Expects, complete: bool) -> None:
    assert looks_complete(text, expects) is complete
