"""Model files, and the recogniser that both sides of a call use."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from settings.load import Settings
from settings.places import MODELS_FILE
from settings.yaml_file import load_yaml_model
from voice.stt.whisper import WhisperOptions, WhisperStt
from weights.manifest import Manifest
from weights.store import ModelStore


def manifest() -> Manifest:
    """Return what config/models.yaml lists.

    Raises:
        InvalidFile: it has an error.
    """
    return load_yaml_model(MODELS_FILE, Manifest)


def model_store(settings: Settings) -> ModelStore:
    """Return the store of model files.

    Raises:
        InvalidFile: config/models.yaml has an error.
    """
    return ModelStore(manifest(), settings.model_cache)


@asynccontextmanager
async def recogniser(settings: Settings, store: ModelStore) -> AsyncIterator[WhisperStt]:
    """Give a recogniser for as long as the block lasts; its model is loaded by its `warm` or the first use.

    Raises:
        ModelMissing: the model isn't here.
    """
    options = WhisperOptions(threads=settings.speech.threads)
    stt = WhisperStt(store.path(settings.speech.recogniser), options)
    try:
        yield stt
    finally:
        await stt.close()
