"""What every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from settings.load import load_settings
from settings.places import DEFAULT_CONFIG, MODELS_FILE
from settings.yaml_file import load_yaml_model
from tests.fakes.clock import ManualClock
from weights.manifest import Manifest
from weights.store import ModelStore


@pytest.fixture
def clock() -> ManualClock:
    """A clock that moves only when told."""
    return ManualClock()


@pytest.fixture(scope="session")
def manifest() -> Manifest:
    """The models that ship."""
    return load_yaml_model(MODELS_FILE, Manifest)


@pytest.fixture(scope="session")
def models_cache() -> Path:
    """The folder that the models of this machine are kept in."""
    return load_settings(os.environ, DEFAULT_CONFIG).model_cache


@pytest.fixture(scope="session")
def models(manifest: Manifest, models_cache: Path) -> ModelStore:
    """The model files of this machine, for tests marked `models`."""
    return ModelStore(manifest, models_cache)


@pytest.fixture(scope="session")
def repository() -> Path:
    """The repository's root."""
    return Path(__file__).resolve().parents[1]
