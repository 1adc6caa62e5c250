"""What every recogniser keeps, the real one and the fake one."""

from collections.abc import AsyncIterator

import numpy as np
import pytest

from domain.ports import SpeechToText
from tests.fakes.speech import ScriptedStt
from tests.voice.stt.conftest import Say
from voice.stt.whisper import WhisperStt

LINE = "I am looking for a three bedroom house."


@pytest.fixture(params=[pytest.param("whisper", marks=pytest.mark.models), "scripted"])
async def stt(request: pytest.FixtureRequest) -> AsyncIterator[SpeechToText]:
    if request.param == "scripted":
        yield ScriptedStt([LINE])
        return
    whisper = WhisperStt(request.getfixturevalue("whisper_folder"))
    yield whisper
    await whisper.close()


async def test_speech_becomes_text_with_its_figures(stt: SpeechToText, say: Say) -> None:
    pcm = await say(LINE)
    heard = await stt.transcribe(pcm, sample_rate=8000)
    assert "bedroom house" in heard.text.lower().replace("-", " ")
    assert 0.5 < heard.confidence <= 1.0
    assert (heard.language, heard.retried) == ("en", False)
    assert heard.language_probability > 0.5
    assert heard.no_speech_probability < 0.2
    assert heard.duration_ms == pcm.size // 8
    (segment,) = heard.segments
    assert segment.text == heard.text
    assert 0 <= segment.start_ms < segment.end_ms <= heard.duration_ms


@pytest.mark.parametrize("size", [0, 1, 16_000])
async def test_silence_is_empty_text_without_confidence(stt: SpeechToText, size: int) -> None:
    heard = await stt.transcribe(np.zeros(size, dtype=np.int16))
    assert (heard.text, heard.confidence, heard.segments) == ("", 0.0, ())
    assert heard.no_speech_probability == 1.0
    assert heard.duration_ms == size // 16


async def test_a_given_language_is_not_detected(stt: SpeechToText, say: Say) -> None:
    heard = await stt.transcribe(await say(LINE), sample_rate=8000, language="es")
    assert (heard.language, heard.language_probability) == ("es", 1.0)
