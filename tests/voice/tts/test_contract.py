"""What every voice keeps, the real one and the fake one."""

from collections.abc import AsyncIterator

import numpy as np
import pytest

from domain.errors import ModelMissing, SpeechError
from domain.ports import TextToSpeech
from tests.fakes.speech import ToneVoice
from voice.audio.levels import active_dbfs, peak_dbfs
from voice.tts.hibari import HibariVoice


@pytest.fixture(params=["hibari", "tone"])
async def voice(request: pytest.FixtureRequest) -> AsyncIterator[TextToSpeech]:
    if request.param == "tone":
        yield ToneVoice()
        return
    hibari = HibariVoice()
    yield hibari
    await hibari.close()


async def render(voice: TextToSpeech, text: str) -> tuple[np.ndarray, int]:
    chunks = [chunk async for chunk in voice.synthesize(text)]
    assert len({chunk.sample_rate for chunk in chunks}) == 1
    assert all(chunk.pcm.dtype == np.int16 and chunk.pcm.ndim == 1 and chunk.pcm.size for chunk in chunks)
    return np.concatenate([chunk.pcm for chunk in chunks]), chunks[0].sample_rate


async def test_longer_text_takes_longer(voice: TextToSpeech) -> None:
    short, rate = await render(voice, "Great.")
    long, _ = await render(voice, "I have Saturday at ten thirty, or Tuesday at three fifteen.")
    assert 0.2 < short.size / rate < 1.5
    assert 2.0 < long.size / rate < 6.0


async def test_level_is_about_minus_20_without_clipping(voice: TextToSpeech) -> None:
    pcm, rate = await render(voice, "Are you looking to buy or to rent?")
    assert active_dbfs(pcm, sample_rate=rate) == pytest.approx(-20, abs=1.5)
    assert peak_dbfs(pcm) <= -3.0


async def test_the_same_text_gives_the_same_sound(voice: TextToSpeech) -> None:
    first, _ = await render(voice, "When would you like to move?")
    again, _ = await render(voice, "When would you like to move?")
    assert np.array_equal(first, again)


async def test_nothing_to_say_gives_nothing(voice: TextToSpeech) -> None:
    assert [chunk async for chunk in voice.synthesize("  ")] == []


async def test_a_voice_may_be_left_in_the_middle(voice: TextToSpeech) -> None:
    chunks = voice.synthesize("Hello there. How are you today? I am calling about the house.")
    assert (await anext(chunks)).pcm.size
    await chunks.aclose()
    assert (await render(voice, "Okay."))[0].size


async def test_a_voice_has_a_name(voice: TextToSpeech) -> None:
    assert voice.name


async def test_several_sentences_stream_one_by_one() -> None:
    hibari = HibariVoice()
    chunks = [chunk async for chunk in hibari.synthesize("Thank you. See you on Saturday.")]
    await hibari.close()
    assert len(chunks) == 2


async def test_a_closed_voice_says_so() -> None:
    hibari = HibariVoice()
    await hibari.close()
    with pytest.raises(SpeechError, match="hibari"):
        await anext(hibari.synthesize("Hello."))


async def test_a_voice_that_the_package_lacks_is_missing_and_never_downloaded() -> None:
    for name in ("emma", "nobody"):
        voice = HibariVoice(voice=name)
        with pytest.raises(ModelMissing, match=name):
            await voice.warm()
        with pytest.raises(ModelMissing):
            _ = voice.fingerprint
        await voice.close()


async def test_the_fingerprint_changes_with_the_sound() -> None:
    assert HibariVoice().fingerprint == HibariVoice(name="other").fingerprint != HibariVoice(speed=1.1).fingerprint
