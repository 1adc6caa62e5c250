import asyncio
from collections.abc import AsyncIterator

import pytest

from domain.errors import SpeechError
from domain.ports import SpeechChunk
from tests.fakes.clock import ManualClock
from tests.fakes.speech import ToneVoice
from voice.tts.tiered import TieredVoice


class HangingVoice:
    """Never gives a chunk; notices when it is left."""

    name = "hanging"

    def __init__(self) -> None:
        self.left = False

    async def synthesize(self, text: str) -> AsyncIterator[SpeechChunk]:
        try:
            await asyncio.Event().wait()
            yield SpeechChunk(None, 8000)
        finally:
            self.left = True


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


async def rates(voice: TieredVoice, text: str = "Hello there.") -> list[int]:
    return [chunk.sample_rate async for chunk in voice.synthesize(text)]


def tiers() -> tuple[ToneVoice, ToneVoice]:
    return ToneVoice("premium", sample_rate=24_000), ToneVoice("local", sample_rate=8000)


async def test_the_best_tier_speaks_while_it_is_well(clock: ManualClock) -> None:
    changes: list[tuple[str, str, str]] = []
    premium, local = tiers()
    voice = TieredVoice([premium, local], clock, on_change=lambda *change: changes.append(change))
    assert set(await rates(voice)) == {24_000}
    assert (voice.name, changes, local.spoken) == ("premium", [], [])


@pytest.mark.parametrize("after", [0, 2])
async def test_the_next_tier_speaks_the_clause_anew(clock: ManualClock, after: int) -> None:
    changes: list[tuple[str, str, str]] = []
    premium, local = tiers()
    premium.fail_after = after
    voice = TieredVoice([premium, local], clock, on_change=lambda *change: changes.append(change))
    heard = await rates(voice)
    assert heard == [24_000] * after + [8000] * (len(heard) - after)
    assert local.spoken == ["Hello there."]
    assert changes == [("premium", "local", "the voice premium failed: scripted")]
    assert voice.name == "local"


async def test_a_failed_tier_rests_and_then_comes_back(clock: ManualClock) -> None:
    changes: list[tuple[str, str, str]] = []
    premium, local = tiers()
    premium.fail_after = 0
    voice = TieredVoice([premium, local], clock, on_change=lambda *change: changes.append(change), rest_s=30)
    await rates(voice)
    premium.fail_after = None
    clock.advance(29)
    assert set(await rates(voice)) == {8000}
    assert len(premium.spoken) == 1
    clock.advance(2)
    assert set(await rates(voice)) == {24_000}
    assert changes[-1] == ("local", "premium", "recovered")


async def test_a_resting_tier_is_better_than_silence(clock: ManualClock) -> None:
    premium, local = tiers()
    premium.fail_after = 0
    voice = TieredVoice([premium, local], clock)
    await rates(voice)
    premium.fail_after, local.fail_after = None, 0
    assert set(await rates(voice)) == {24_000}


async def test_a_hanging_tier_is_left(clock: ManualClock) -> None:
    hanging, (_, local) = HangingVoice(), tiers()
    assert set(await rates(TieredVoice([hanging, local], clock, patience_s=0.01))) == {8000}
    assert hanging.left


async def test_when_all_fail_the_error_names_the_reason(clock: ManualClock) -> None:
    premium, local = tiers()
    premium.fail_after = local.fail_after = 0
    with pytest.raises(SpeechError, match=r"every voice failed.*local failed"):
        await rates(TieredVoice([premium, local], clock))


async def test_leaving_in_the_middle_ends_the_tier(clock: ManualClock) -> None:
    premium, local = tiers()
    chunks = TieredVoice([premium, local], clock).synthesize("Hello there.")
    await anext(chunks)
    await chunks.aclose()
    assert local.spoken == []


def test_a_tiered_voice_needs_a_tier(clock: ManualClock) -> None:
    with pytest.raises(ValueError, match="needs a tier"):
        TieredVoice([], clock)
