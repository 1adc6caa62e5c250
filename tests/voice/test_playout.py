"""The play-out clock: in order, at once when empty, cut by clear."""

from __future__ import annotations

from voice.playout import PlayoutClock


def test_audio_plays_at_once_on_an_empty_buffer_and_in_order_behind_other_audio() -> None:
    clock = PlayoutClock()
    assert clock.send(500, now_ms=1_000) == 1_000
    assert clock.send(500, now_ms=1_100) == 1_500
    assert clock.ends_ms == 2_000
    assert clock.send(20, now_ms=5_000) == 5_000


def test_clear_drops_what_was_not_played() -> None:
    clock = PlayoutClock()
    clock.send(1_000, now_ms=0)
    clock.clear(now_ms=400)
    assert clock.ends_ms == 400
    assert clock.send(20, now_ms=450) == 450


def test_clear_after_the_end_moves_nothing() -> None:
    clock = PlayoutClock()
    clock.send(100, now_ms=0)
    clock.clear(now_ms=900)
    assert clock.ends_ms == 100
