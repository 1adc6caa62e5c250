"""The speech engines that calls share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bootstrap.models import recogniser
from domain.clock import Clock
from settings.load import Settings
from voice.session import Engines
from voice.smart_turn import SmartTurn
from voice.tts.cached import CachedVoice
from voice.tts.hibari import HibariVoice
from voice.tts.tiered import TieredVoice
from voice.vad import SileroActivity, load_silero
from weights.store import ModelStore


@dataclass(frozen=True, slots=True)
class SpeechParts:
    """The engines, and the cache that vetted lines are rendered into."""

    engines: Engines
    cache: CachedVoice


@asynccontextmanager
async def speech(settings: Settings, store: ModelStore, clock: Clock) -> AsyncIterator[SpeechParts]:
    """Load and warm recognition, turn detection and synthesis.

    Raises:
        ModelMissing: a model isn't here.
        SpeechError: an engine failed.
    """
    turn_worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="turn")
    voice = HibariVoice(threads=settings.speech.voice_threads)
    try:
        async with recogniser(settings, store) as stt:
            await stt.warm()
            await voice.warm()
            cache = CachedVoice(voice, settings.environment.data_dir / "speech-cache", fingerprint=voice.fingerprint)
            silero = load_silero(store.path("silero-vad"))
            engines = Engines(
                stt=stt,
                turn_model=SmartTurn(store.path("smart-turn-v3.2"), turn_worker),
                voice=TieredVoice([cache], clock),
                new_activity=lambda: SileroActivity(silero),
            )
            yield SpeechParts(engines, cache)
    finally:
        await voice.close()
        turn_worker.shutdown()
