"""Whisper on real speech and real noise."""

import asyncio
from pathlib import Path

import numpy as np
import pytest

from domain.errors import SpeechError
from tests.voice.stt.conftest import Say
from voice.audio.g711 import decode_ulaw, encode_ulaw
from voice.stt.whisper import WhisperOptions, WhisperStt

RATE = 8000
AT = np.arange(2 * RATE) / RATE
RNG = np.random.default_rng(5)
HISS = RNG.standard_normal(AT.size)

STORY = [
    "We are looking for a three bedroom house, somewhere near the park and not too far from the school.",
    "We already have a pre-approval from the bank, so the money should not be a problem for us.",
    "It would be nice to have a garage for two cars, and a garden that is large enough for the dog.",
    "I can come on Saturday in the morning, or on any day of next week in the late afternoon.",
    "But I need to talk to my wife first, since she wants to see the kitchen before we decide.",
    "Please send me all the details by email, and call me again when you know the price.",
]

SOUNDS = {
    "hiss at -40 dBFS": HISS * 327,
    "hiss at -20 dBFS": HISS * 3276,
    "mains hum": np.sin(2 * np.pi * 120 * AT) * 1000,
    "ringback": (np.sin(2 * np.pi * 440 * AT) + np.sin(2 * np.pi * 480 * AT)) * 2000,
    "beep": np.sin(2 * np.pi * 1000 * AT) * 5000 * (AT > 0.5) * (AT < 1),
    "dtmf": (np.sin(2 * np.pi * 770 * AT) + np.sin(2 * np.pi * 1336 * AT)) * 3000 * (AT > 0.5) * (AT < 0.8),
    "breath": HISS * 1500 * np.exp(-(((AT - 1) / 0.25) ** 2)),
    "door": HISS * 8000 * (AT > 0.8) * np.exp(-np.maximum(AT - 0.8, 0) / 0.05),
}


@pytest.mark.models
@pytest.mark.parametrize("sound", SOUNDS)
async def test_nothing_is_invented_on_noise(whisper: WhisperStt, sound: str) -> None:
    pcm = np.clip(SOUNDS[sound], -32_767, 32_767).astype(np.int16)
    heard = await whisper.transcribe(decode_ulaw(encode_ulaw(pcm)), sample_rate=RATE)
    assert (heard.text, heard.confidence) == ("", 0.0)


@pytest.mark.models
@pytest.mark.parametrize("line", ["Yes.", "No.", "Okay.", "Thank you.", "Hello?", "Goodbye."])
async def test_one_word_is_heard_once(whisper: WhisperStt, say: Say, line: str) -> None:
    heard = await whisper.transcribe(await say(line), sample_rate=RATE, language="en")
    assert heard.text.lower().strip(".,?!") == line.lower().strip(".,?!")


@pytest.mark.models
async def test_a_short_utterance_takes_a_small_window(whisper: WhisperStt, say: Say) -> None:
    heard = await whisper.transcribe(await say("When can we see it?"), sample_rate=RATE)
    assert heard.window_ms <= 10_000
    assert heard.compute_ms > 0


@pytest.mark.models
async def test_long_speech_comes_in_segments_in_order(whisper: WhisperStt, say: Say) -> None:
    heard = await whisper.transcribe(
        np.concatenate([await say(line) for line in STORY]), sample_rate=RATE, language="en"
    )
    assert len(heard.segments) >= 2
    places = [
        heard.text.lower().find(word) for word in ("house", "pre-approval", "garage", "saturday", "wife", "email")
    ]
    assert places == sorted(places)
    assert places[0] >= 0
    assert all(one.end_ms <= two.start_ms for one, two in zip(heard.segments, heard.segments[1:], strict=False))
    assert heard.segments[-1].end_ms <= heard.duration_ms


@pytest.mark.models
async def test_loops_in_a_window_too_small_are_noticed_and_tried_again(whisper_folder: Path, say: Say) -> None:
    stt = WhisperStt(whisper_folder, WhisperOptions(pad_s=0.2, windows_s=(1.0, 1.5, 2.0, 3.0)))
    lines = ["Yes.", "No, thanks.", "Who is this?", "Are you a robot?"]
    heard = [await stt.transcribe(await say(line), sample_rate=RATE, language="en") for line in lines]
    await stt.close()
    assert any(one.retried and one.window_ms == 30_000 for one in heard)
    said = [one.text.lower().strip(".,?!").replace(",", "") for one in heard]
    assert said == ["yes", "no thanks", "who is this", "are you a robot"]


@pytest.mark.models
async def test_a_cancelled_recognition_leaves_the_queue(whisper: WhisperStt, say: Say) -> None:
    pcm = await say("When can we see it?")
    await whisper.warm()
    tasks = [asyncio.create_task(whisper.transcribe(pcm, sample_rate=RATE)) for _ in range(4)]
    await asyncio.sleep(0)
    for task in tasks[1:3]:
        task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [isinstance(result, asyncio.CancelledError) for result in results] == [False, True, True, False]
    assert results[0].text == results[3].text


@pytest.mark.models
async def test_an_unknown_language_is_an_error(whisper: WhisperStt, say: Say) -> None:
    with pytest.raises(SpeechError, match="klingon"):
        await whisper.transcribe(await say("Hello there."), sample_rate=RATE, language="klingon")


async def test_a_folder_without_a_model_is_an_error(tmp_path: Path) -> None:
    stt = WhisperStt(tmp_path)
    with pytest.raises(SpeechError, match="no Whisper model"):
        await stt.warm()
    await stt.close()


async def test_a_closed_recogniser_says_so(tmp_path: Path) -> None:
    stt = WhisperStt(tmp_path)
    await stt.close()
    with pytest.raises(SpeechError, match="recognition failed"):
        await stt.transcribe(np.zeros(160, dtype=np.int16))
