from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from llm.embedded.process import EmbeddedOllama
from settings.load import load_settings
from settings.yaml_file import load_yaml_model
from weights.manifest import Manifest
from weights.store import ModelStore

MODEL = "qwen2.5-coder-0.5b-instruct"
CONFIG = Path(__file__).parents[2] / "config"


@pytest.fixture(scope="session")
def gguf() -> Path:
    """A small instruct model as a file."""
    if given := os.environ.get("LEADLINE_TEST_GGUF"):
        return Path(given)
    cache = load_settings(os.environ, CONFIG / "default.yaml").model_cache
    store = ModelStore(load_yaml_model(CONFIG / "models.yaml", Manifest), cache)
    return store.path(MODEL)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def embedded(gguf: Path) -> AsyncIterator[EmbeddedOllama]:
    """The embedded server, one for all tests."""
    async with EmbeddedOllama(gguf, MODEL) as server:
        yield server
