"""Speech on its way: rendered ahead in the background, in whole frames at the line's rate."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from domain.errors import ModelUnavailable
from domain.ports import Pcm16
from domain.turn import Reply
from tests.fakes.conversation import ScriptedDraft, line
from tests.fakes.speech import ToneVoice
from voice.speaking import FRAME, Replay, Speech, SpokenClause


async def pieces(clause: SpokenClause) -> list[Pcm16]:
    return [piece async for piece in clause.audio()]


async def spoken(speech: Speech) -> list[tuple[SpokenClause, list[Pcm16]]]:
    return [(clause, await pieces(clause)) async for clause in speech.clauses()]


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 24_000, 44_100])
async def test_any_rate_becomes_whole_frames_at_eight_kilohertz(rate: int) -> None:
    speech = Speech(ScriptedDraft([line("How many rooms?")]), ToneVoice(sample_rate=rate))
    ((clause, audio),) = await spoken(speech)
    assert all(len(piece) % FRAME == 0 for piece in audio)
    samples = np.concatenate(audio)
    assert len(samples) / 8 == pytest.approx(len("How many rooms?") * 60, abs=45)
    spectrum = np.abs(np.fft.rfft(samples[800:4_800].astype(float)))
    assert spectrum.argmax() * 8_000 / 4_000 == pytest.approx(200, abs=4)
    assert clause.tier == "tone"
    assert clause.first_audio_ms is not None


async def test_clauses_come_in_order_and_are_rendered_before_anyone_asks() -> None:
    voice = ToneVoice()
    speech = Speech(ScriptedDraft([line("One."), line("Two."), line("Three.")]), voice)
    assert not await speech.ends_call()
    assert voice.spoken == ["One.", "Two.", "Three."]
    assert [clause.reply.text for clause, _ in await spoken(speech)] == ["One.", "Two.", "Three."]


async def test_a_last_clause_that_ends_the_call_is_known_before_it_is_played() -> None:
    assert await Speech(ScriptedDraft([line("One."), line("Bye.", ends_call=True)]), ToneVoice()).ends_call()


async def test_a_voice_that_breaks_leaves_what_it_gave_and_the_next_clause() -> None:
    speech = Speech(ScriptedDraft([line("A long clause of words."), line("Two.")]), ToneVoice(fail_after=1))
    (first, audio), (second, _) = await spoken(speech)
    assert first.failed
    assert second.failed
    assert 0 < len(np.concatenate(audio)) / 8 <= 100


async def test_a_draft_that_fails_says_so_after_its_clauses() -> None:
    speech = Speech(ScriptedDraft([], fails=True), ToneVoice())
    with pytest.raises(ModelUnavailable):
        await spoken(speech)


async def test_cancelling_drops_the_draft_and_ends_the_clauses() -> None:
    class Endless(ToneVoice):
        started = asyncio.Event()

        async def synthesize(self, text: str):  # type: ignore[no-untyped-def,override]  # noqa: ANN202
            self.started.set()
            await asyncio.Event().wait()
            async for chunk in super().synthesize(text):
                yield chunk

    draft, voice = ScriptedDraft([line("One.")]), Endless()
    speech = Speech(draft, voice)
    await asyncio.wait_for(voice.started.wait(), 5)
    await asyncio.wait_for(speech.cancel(), 5)
    assert draft.discarded
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(spoken(speech), 5)


async def test_a_replay_says_the_replies_again_and_has_no_effects() -> None:
    replies: list[Reply] = [line("Two."), line("Three.")]
    replay = Replay(replies)
    await replay.commit()
    await replay.discard()
    assert [reply async for reply in replay.replies()] == replies
