"""What a lead makes of the agent's speech, segment by segment."""

from __future__ import annotations

import asyncio

import pytest

from domain.errors import SpeechError
from domain.ports import Pcm16
from simulator.hearing import Ear, ReadingEar, RecognisingEar
from simulator.sound import FRAME_MS, frames, silence
from tests.fakes.recogniser import ScriptedRecogniser
from tests.simulator.support import tone


class Sounds:
    """Plays sounds into an ear, one after the other."""

    def __init__(self, ear: Ear) -> None:
        self._ear = ear
        self._at_ms = 0

    def play(self, pcm: Pcm16) -> None:
        for frame in frames(pcm):
            self._ear.hear(frame, self._at_ms)
            self._at_ms += FRAME_MS


async def until_ready(ear: Ear) -> str:
    for _ in range(100):
        if ear.ready:
            break
        await asyncio.sleep(0)
    return ear.text


async def test_long_speech_is_recognised_at_its_pauses() -> None:
    recogniser = ScriptedRecogniser(["Hi, this is Ava.", "Do you have a minute?"])
    ear = RecognisingEar(recogniser)
    sounds = Sounds(ear)
    sounds.play(tone(500.0, 2_000))
    sounds.play(silence(300))
    assert await until_ready(ear) == "Hi, this is Ava."
    sounds.play(tone(500.0, 600))
    sounds.play(silence(300))
    assert recogniser.heard_ms == [2_300]
    ear.settle()
    assert await until_ready(ear) == "Hi, this is Ava. Do you have a minute?"
    pieces = [(piece.start_ms, piece.end_ms) for piece in await ear.finish()]
    assert pieces == [(0, 2_000), (2_300, 2_900)]


async def test_new_turn_starts_empty_and_what_was_cut_is_heard_afterwards() -> None:
    ear = RecognisingEar(ScriptedRecogniser(["We have a lovely"]))
    sounds = Sounds(ear)
    sounds.play(tone(500.0, 800))
    ear.forget()
    assert (ear.ready, ear.text) == (True, "")
    assert [piece.text for piece in await ear.finish()] == ["We have a lovely"]


async def test_glance_reads_speech_that_goes_on() -> None:
    recogniser = ScriptedRecogniser(["We have", "We have a lovely"])
    ear = RecognisingEar(recogniser)
    sounds = Sounds(ear)
    ear.glance()
    sounds.play(tone(500.0, 600))
    ear.glance()
    ear.glance()
    assert await glanced(ear) == "We have"
    sounds.play(tone(500.0, 600))
    ear.glance()
    assert await glanced(ear) == "We have a lovely"
    assert recogniser.heard_ms == [600, 1_200]
    await ear.close()


async def glanced(ear: Ear) -> str:
    for _ in range(100):
        await asyncio.sleep(0)
    return ear.text


async def test_failure_is_raised_where_the_text_is_asked_for() -> None:
    ear = RecognisingEar(ScriptedRecogniser([], failing=True))
    Sounds(ear).play(tone(500.0, 600))
    ear.settle()
    with pytest.raises(SpeechError):
        await until_ready(ear)
    with pytest.raises(SpeechError):
        await ear.finish()


async def test_closing_stops_slow_recognition() -> None:
    ear = RecognisingEar(ScriptedRecogniser(["late"], latency_s=60))
    Sounds(ear).play(tone(500.0, 600))
    ear.settle()
    async with asyncio.timeout(1):
        await ear.close()
        await ear.close()


async def test_reader_reads_what_is_new_since_the_lead_spoke() -> None:
    said = ["Hi, this is Ava. "]
    ear = ReadingEar(lambda: "".join(said))
    sounds = Sounds(ear)
    sounds.play(tone(500.0, 400))
    assert (ear.ready, ear.text) == (True, "Hi, this is Ava.")
    ear.settle()
    ear.glance()
    ear.forget()
    assert not ear.ready
    said.append("Which area?")
    ear.drop_tail()
    assert ear.text == "Which area?"
    sounds.play(silence(100))
    sounds.play(tone(500.0, 200))
    assert [(piece.start_ms, piece.end_ms, piece.text) for piece in await ear.finish()] == [
        (0, 400, "Hi, this is Ava."),
        (500, 700, "Which area?"),
    ]
    await ear.close()
