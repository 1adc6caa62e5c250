import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice.stt import guards


@pytest.mark.parametrize(
    ("text", "once"),
    [
        ("Yes. Yes. Yes.", "Yes."),
        ("yes Yes, YES! of course", "yes of course"),
        ("I want to I want to I want to buy", "I want to buy"),
        ("So call me call me call me call me", "So call me"),
    ],
)
def test_loops_are_found_and_written_once(text: str, once: str) -> None:
    assert guards.has_loop(text)
    assert guards.collapse_loops(text) == once


@pytest.mark.parametrize(
    "text", ["", "No, no.", "Yes. Yes.", "call 5 5 5 2 3 1", "Thank you, thank you so much.", "Bye bye."]
)
def test_what_people_say_is_no_loop(text: str) -> None:
    assert not guards.has_loop(text)
    assert guards.collapse_loops(text) == text


@settings(deadline=None)
@given(st.text(alphabet="abc 12.", max_size=60))
def test_collapsing_leaves_words_in_order_and_no_loop_of_letters(text: str) -> None:
    words = iter(text.split())
    assert all(word in words for word in guards.collapse_loops(text).split())


def test_tokens_grow_with_the_audio() -> None:
    assert guards.token_limit(0.5) == 20
    assert guards.token_limit(28) < 448 / 2 + 32


def test_repeated_text_compresses_well() -> None:
    assert (
        guards.compression_ratio("the house on the hill " * 12)
        > 2.4
        > guards.compression_ratio("the house on the hill")
    )
    assert guards.compression_ratio("") == 0.0


@pytest.mark.parametrize(
    ("text", "log_probability", "complete", "suspect"),
    [
        ("We want to buy.", -0.3, True, False),
        ("We want to buy.", -1.2, True, True),
        ("We want to buy.", -0.3, False, True),
        ("Yes. Yes. Yes. Yes.", -0.1, True, True),
        ("ha" * 200, -0.1, True, True),
    ],
)
def test_suspect_decodings(text: str, log_probability: float, complete: bool, suspect: bool) -> None:
    assert guards.is_suspect(text, log_probability=log_probability, complete=complete) is suspect


@pytest.mark.parametrize(
    ("log_probability", "no_speech", "refused"),
    [(-3.02, 0.83, True), (-1.10, 0.83, True), (-1.9, 0.48, True), (-0.58, 0.03, False), (-0.3, 0.5, False)],
)
def test_noise_is_told_from_speech(log_probability: float, no_speech: float, refused: bool) -> None:
    assert guards.is_no_speech(log_probability=log_probability, no_speech_probability=no_speech) is refused


def test_confidence_falls_with_doubt() -> None:
    def score(log_probability: float, no_speech: float = 0.0, suspect: bool = False) -> float:
        return guards.confidence(log_probability=log_probability, no_speech_probability=no_speech, suspect=suspect)

    assert score(0.0) == 1.0
    assert score(-0.1) > score(-0.5) > score(-0.5, 0.3) > score(-0.5, 0.3, suspect=True) > 0
    assert score(0.5) == 1.0
