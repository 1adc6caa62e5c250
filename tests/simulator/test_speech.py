"""Lines rendered before the call: pauses, files, cache, and Piper in a process of its own."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from domain.errors import InvalidFile, MissingPart, ModelMissing, SpeechError
from simulator.cached_voice import CachedVoice
from simulator.piper import PiperVoice
from simulator.sound import level_dbfs, write_wav
from simulator.speech import LeadVoice, render_script
from tests.simulator.support import ToneVoice, persona, tone

STUB = """
import pathlib, sys, wave
folder = pathlib.Path(sys.argv[sys.argv.index("--output-dir") + 1])
scale = float(sys.argv[sys.argv.index("--length-scale") + 1])
print("INFO:__main__:Loaded", file=sys.stderr, flush=True)
for number, line in enumerate(sys.stdin):
    if "die" in line:
        sys.exit("ValueError: no phonemes")
    path = folder / f"{scale}-{number}.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(22050)
        file.writeframes(b"\\x00\\x20" * int(22050 * scale * len(line.split()) / 2))
    print(f"INFO:__main__:Wrote {path}", file=sys.stderr, flush=True)
"""


@pytest.fixture
def stub(tmp_path: Path) -> tuple[str, ...]:
    """A command that takes Piper's arguments and speaks half a second a word."""
    script = tmp_path / "stub.py"
    script.write_text(STUB)
    return (sys.executable, str(script))


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "joe.onnx"
    path.touch()
    return path


async def test_script_holds_every_line_at_speech_level() -> None:
    lead = persona(
        answers=[{"when": "a", "say": "Yes, I do.", "pause_ms": 1_200}, {"when": "b", "say": ""}], otherwise="Pardon?"
    )
    script = await render_script(lead, ToneVoice())
    assert script.greeting is not None
    assert script.otherwise is not None
    paused, quiet = script.answers
    assert paused is not None
    assert quiet is None
    assert level_dbfs(script.greeting.pcm) == pytest.approx(-20, abs=0.3)
    silent = np.flatnonzero(paused.pcm[2_500:-2_500] != 0)
    assert len(paused.pcm) == pytest.approx(8 * (300 + 1_200 + 300), abs=320)
    assert not silent.any()


async def test_audio_file_is_a_line(tmp_path: Path) -> None:
    write_wav(tmp_path / "yes.wav", tone(440.0, 250))
    script = await render_script(persona(answers=[{"when": "a", "audio": str(tmp_path / "yes.wav")}]), ToneVoice())
    (line,) = script.answers
    assert line is not None
    assert (line.text, len(line.pcm)) == ("[yes.wav]", 2_000)
    with pytest.raises(InvalidFile, match="no such file"):
        await render_script(persona(answers=[{"when": "a", "audio": "none.wav"}]), ToneVoice())


async def test_sentence_is_rendered_once_per_voice(tmp_path: Path) -> None:
    inner = ToneVoice()
    first = await CachedVoice(inner, tmp_path / "cache").render("Hello?", "lead")
    again = await CachedVoice(inner, tmp_path / "cache").render("Hello?", "lead")
    other = await CachedVoice(inner, tmp_path / "cache").render("Hello?", "lead2")
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert inner.rendered == [("Hello?", "lead"), ("Hello?", "lead2")]
    assert not list((tmp_path / "cache").glob("*.part"))


async def test_both_voices_speak_at_8_khz_and_differ(stub: tuple[str, ...], model: Path) -> None:
    voices: list[LeadVoice] = [ToneVoice()]
    async with PiperVoice(model, command=stub) as piper:
        voices.append(piper)
        for voice in voices:
            lead, lead2 = await voice.render("Hello there?", "lead"), await voice.render("Hello there?", "lead2")
            assert lead.dtype == lead2.dtype == np.int16
            assert len(lead) == pytest.approx(len(lead2), rel=0.01)
        assert len(await piper.render("Hello\nthere?", "lead")) == 8_000
        assert piper.name == "piper-joe"


async def test_piper_that_dies_says_why_and_is_started_again(stub: tuple[str, ...], model: Path) -> None:
    async with PiperVoice(model, command=stub) as piper:
        with pytest.raises(SpeechError, match="no phonemes"):
            await piper.render("die", "lead")
        assert len(await piper.render("Hello", "lead")) == 4_000


async def test_missing_parts_are_told_apart(tmp_path: Path, model: Path) -> None:
    async with PiperVoice(tmp_path / "none.onnx") as piper:
        with pytest.raises(ModelMissing):
            await piper.render("Hello", "lead")
    async with PiperVoice(model, command=(sys.executable, "-m", "no_such_module_here")) as piper:
        with pytest.raises(MissingPart) as caught:
            await piper.render("Hello", "lead")
    assert caught.value.mend is not None


async def test_piper_that_hangs_is_given_up(model: Path) -> None:
    waiting = (sys.executable, "-c", "import sys; sys.stdin.read()")
    async with PiperVoice(model, command=waiting, timeout_s=0.2) as piper:
        with pytest.raises(SpeechError, match="no audio"):
            await piper.render("Hello", "lead")
