from pathlib import Path

import numpy as np
import pytest

from domain.errors import SpeechError
from tests.fakes.speech import ToneVoice
from voice.tts.cached import CachedVoice


async def speak(voice: CachedVoice, text: str) -> np.ndarray:
    return np.concatenate([chunk.pcm async for chunk in voice.synthesize(text)])


def files(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def test_prepared_lines_never_reach_the_voice_again(tmp_path: Path) -> None:
    inner = ToneVoice()
    voice = CachedVoice(inner, tmp_path, fingerprint="a")
    assert await voice.prepare(["Hello there.", "Goodbye.", "Hello  there. "]) == 2
    spoken = list(inner.spoken)
    assert voice.holds("Hello there.")
    assert np.array_equal(await speak(voice, "Hello there."), await speak(voice, " Hello   there."))
    assert inner.spoken == spoken


async def test_a_restart_reads_from_disk_the_same_samples(tmp_path: Path) -> None:
    before = CachedVoice(ToneVoice(), tmp_path, fingerprint="a")
    await before.prepare(["Hello there."])
    inner = ToneVoice()
    after = CachedVoice(inner, tmp_path, fingerprint="a")
    assert await after.prepare(["Hello there."]) == 0
    assert np.array_equal(await speak(after, "Hello there."), await speak(before, "Hello there."))
    assert inner.spoken == []


async def test_another_fingerprint_or_tier_renders_anew(tmp_path: Path) -> None:
    await CachedVoice(ToneVoice(), tmp_path, fingerprint="a").prepare(["Hello."])
    assert await CachedVoice(ToneVoice(), tmp_path, fingerprint="b").prepare(["Hello."]) == 1
    assert await CachedVoice(ToneVoice("other"), tmp_path, fingerprint="a").prepare(["Hello."]) == 1


async def test_other_lines_pass_through_and_leave_no_trace(tmp_path: Path) -> None:
    inner = ToneVoice()
    voice = CachedVoice(inner, tmp_path, fingerprint="a")
    await speak(voice, "Thank you, Dana.")
    await speak(voice, "Thank you, Dana.")
    assert inner.spoken == ["Thank you, Dana."] * 2
    assert files(tmp_path) == []
    assert voice.name == "tone"


@pytest.mark.parametrize("content", [b"", b"RIFF", b"not audio at all" * 10])
async def test_a_damaged_file_is_rendered_again(tmp_path: Path, content: bytes) -> None:
    await CachedVoice(ToneVoice(), tmp_path, fingerprint="a").prepare(["Hello."])
    (file,) = files(tmp_path)
    file.write_bytes(content)
    assert await CachedVoice(ToneVoice(), tmp_path, fingerprint="a").prepare(["Hello."]) == 1
    assert len(files(tmp_path)) == 1


async def test_a_disk_that_cannot_be_written_costs_only_the_reuse(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    voice = CachedVoice(ToneVoice(), tmp_path / "file", fingerprint="a")
    assert await voice.prepare(["Hello."]) == 1
    assert voice.holds("Hello.")


async def test_a_failing_voice_keeps_what_was_ready(tmp_path: Path) -> None:
    inner = ToneVoice()
    voice = CachedVoice(inner, tmp_path, fingerprint="a")
    await voice.prepare(["Hello."])
    inner.fail_after = 1
    with pytest.raises(SpeechError):
        await voice.prepare(["Goodbye."])
    assert voice.holds("Hello.")
    assert not voice.holds("Goodbye.")
    assert len(files(tmp_path)) == 1


async def test_memory_is_bounded(tmp_path: Path) -> None:
    voice = CachedVoice(ToneVoice(), tmp_path, fingerprint="a", memory_lines=2)
    await voice.prepare(["One.", "Two."])
    await speak(voice, "One.")
    await voice.prepare(["Three."])
    assert [voice.holds(line) for line in ("One.", "Two.", "Three.")] == [True, False, True]
