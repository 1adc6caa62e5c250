from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm.clauses import MAX_CHARS, MIN_CHARS, ClauseChunker, clauses

TEXTS = st.lists(
    st.sampled_from(
        ["Sure,", "1,200", "3.5", "3:30 p.m.", "Mr.", "Smith", "12 Main St.", "yes", "so", "Well...", "-", "ok—fine",
         "Would that work?", '"Great!"', "a.m.", "J.", "x" * 90, "\n", "  ", "I", "é,", "No;", "…"]
    ) | st.text(max_size=12),
    max_size=60,
).map(" ".join)  # fmt: skip


def chunk(pieces: list[str]) -> list[str]:
    chunker = ClauseChunker()
    found = [clause for piece in pieces for clause in chunker.feed(piece)]
    return found + chunker.flush()


def bare(text: str) -> str:
    return "".join(text.split())


@st.composite
def split_texts(draw: st.DrawFn) -> tuple[str, list[str]]:
    text = draw(TEXTS)
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=40)))
    edges = [0, *cuts, len(text)]
    return text, [text[start:end] for start, end in pairwise(edges)]


@given(split_texts())
def test_no_character_is_lost_however_the_tokens_fall(sample: tuple[str, list[str]]) -> None:
    text, pieces = sample
    assert bare("".join(chunk(pieces))) == bare(text)


@given(split_texts())
def test_clauses_keep_their_lengths(sample: tuple[str, list[str]]) -> None:
    found = chunk(sample[1])
    assert all(0 < len(clause) <= MAX_CHARS for clause in found)
    assert all(len(clause) >= MIN_CHARS - 1 for clause in found[:-1])


@given(split_texts())
def test_clauses_have_no_white_space_around_them(sample: tuple[str, list[str]]) -> None:
    assert all(clause == clause.strip() for clause in chunk(sample[1]))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("That makes sense, and it never hurts. Could we come by?",
         ["That makes sense,", "and it never hurts.", "Could we come by?"]),
        ("Sure, I can do that. Would Monday work, or Tuesday?",
         ["Sure, I can do that.", "Would Monday work, or Tuesday?"]),
        ("It is worth 1,200,000 dollars today. Right?", ["It is worth 1,200,000 dollars today.", "Right?"]),
        ("The rate is 3.5 percent. Is that fine?", ["The rate is 3.5 percent.", "Is that fine?"]),
        ("Come at 3:30 p.m. on Monday, please. Thanks.", ["Come at 3:30 p.m. on Monday,", "please. Thanks."]),
        ("Is it at 3:30 p.m. Would that work?", ["Is it at 3:30 p.m.", "Would that work?"]),
        ("I will ask Mr. Smith of 12 Main St. about it. Okay?",
         ["I will ask Mr. Smith of 12 Main St. about it.", "Okay?"]),
        ("So did J. Edgar then. But so did I. Really so.", ["So did J. Edgar then.", "But so did I.", "Really so."]),
        ("Good question—we charge nothing. None at all.", ["Good question—", "we charge nothing.", "None at all."]),
        ("I see your point - it is old. Fine by me.", ["I see your point -", "it is old.", "Fine by me."]),
        ('He said "no way!" to it. And then?', ['He said "no way!"', "to it. And then?"]),
        ("Yes.", ["Yes."]),
        ("   ", []),
    ],
)  # fmt: skip
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_examples(text: str, expected: list[str], size: int) -> None:
    assert chunk([text[at : at + size] for at in range(0, len(text), size)]) == expected


def test_a_comma_after_a_letter_cuts_before_the_next_token() -> None:
    assert ClauseChunker().feed("I understand,") == ["I understand,"]


def test_a_comma_after_a_digit_waits_for_the_next_token() -> None:
    chunker = ClauseChunker()
    assert chunker.feed("It costs 1,") == []
    assert chunker.feed("200 dollars, all in") == ["It costs 1,200 dollars,"]


def test_a_long_run_is_cut_at_a_space() -> None:
    first, *_ = chunk(["word " * 60])
    assert first.endswith("word")
    assert 190 < len(first) <= MAX_CHARS


def test_flush_starts_afresh() -> None:
    chunker = ClauseChunker()
    assert chunker.feed("First words here, then") == ["First words here,"]
    assert chunker.flush() == ["then"]
    assert chunker.feed("Again a first, one") == ["Again a first,"]


async def test_clauses_of_a_stream() -> None:
    async def pieces() -> AsyncIterator[str]:
        for piece in ["I see", " that", ",", " well", ".", " Shall", " we talk", "?"]:
            yield piece

    assert [clause async for clause in clauses(pieces())] == ["I see that,", "well. Shall we talk?"]
