"""Twilio's buffer: played from arrival, marks behind their audio, clear."""

from __future__ import annotations

import numpy as np

from simulator.playout import PlayedMark, Playout
from simulator.sound import silence
from tests.simulator.support import tone


def test_audio_is_played_from_its_arrival() -> None:
    playout = Playout()
    pcm = tone(500.0, 20)
    playout.feed(pcm, arrival=40)
    heard = np.concatenate([playout.play(160), playout.play(320)])
    assert np.array_equal(heard[40:200], pcm)
    assert not heard[:40].any()
    assert not heard[200:].any()


def test_audio_follows_what_is_pending() -> None:
    playout = Playout()
    first, second = tone(500.0, 30), tone(900.0, 10)
    playout.feed(first, arrival=0)
    playout.feed(second, arrival=5)
    assert np.array_equal(playout.play(320), np.concatenate([first, second]))
    assert playout.end == 320


def test_mark_waits_for_its_audio() -> None:
    playout = Playout()
    playout.mark("before", arrival=10)
    playout.feed(tone(500.0, 30), arrival=10)
    playout.mark("after", arrival=12)
    playout.play(160)
    assert playout.due_marks() == ["before"]
    playout.play(249)
    assert playout.due_marks() == []
    playout.play(320)
    assert playout.due_marks() == ["after"]
    assert playout.returned == [PlayedMark("before", 10, cleared=False), PlayedMark("after", 250, cleared=False)]


def test_clear_drops_the_rest_and_returns_marks() -> None:
    playout = Playout()
    pcm = tone(500.0, 100)
    playout.feed(pcm, arrival=0)
    playout.mark("never", arrival=0)
    playout.play(160)
    assert playout.clear(arrival=200) == ["never"]
    assert playout.returned == [PlayedMark("never", 200, cleared=True)]
    assert np.array_equal(playout.play(480), np.concatenate([pcm[160:200], silence(35)]))
    assert max(frame.end for frame in playout.frames) == 200
    assert playout.due_marks() == []


def test_audio_after_a_clear_starts_afresh() -> None:
    playout = Playout()
    playout.feed(tone(500.0, 1_000), arrival=0)
    playout.clear(arrival=80)
    playout.feed(tone(900.0, 20), arrival=100)
    heard = playout.play(320)
    assert not heard[80:100].any()
    assert np.array_equal(heard[100:260], tone(900.0, 20))


def test_frames_know_whether_they_are_audible() -> None:
    playout = Playout()
    playout.feed(np.concatenate([silence(40), tone(500.0, 25)]), arrival=8)
    assert [(frame.start, frame.end, frame.audible) for frame in playout.frames] == [
        (8, 168, False),
        (168, 328, False),
        (328, 488, True),
        (488, 528, True),
    ]
