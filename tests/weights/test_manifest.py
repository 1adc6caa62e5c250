from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from weights.manifest import HubEdition, Manifest, PackageEdition
from weights.store import ModelStore

NAMES = {
    "qwen2.5-coder-0.5b-instruct",
    "whisper-base",
    "whisper-tiny.en",
    "silero-vad",
    "smart-turn-v3.2",
    "hibari-heart",
    "piper-joe",
}


def test_every_model_that_ships_is_named(manifest: Manifest) -> None:
    assert {model.name for model in manifest.models} == NAMES
    assert all(model.licence and model.purpose and model.origin for model in manifest.models)


def test_every_model_can_be_had_without_the_hub(manifest: Manifest, repository: Path) -> None:
    lock = (repository / "requirements/models.lock").read_text(encoding="utf-8")
    locked = set(re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE))
    used = {
        part.package
        for model in manifest.models
        for edition in model.editions
        if isinstance(edition, PackageEdition)
        for file in edition.files
        for part in file.parts
    }

    assert used == locked
    assert all(not isinstance(model.editions[0], HubEdition) for model in manifest.models)


def test_the_hubs_revisions_are_fixed(manifest: Manifest) -> None:
    hosted = [edition for model in manifest.models for edition in model.editions if isinstance(edition, HubEdition)]

    assert hosted
    assert all(edition.revision != "main" for edition in hosted)


def test_models_inside_dependencies_are_the_ones_on_record(manifest: Manifest, tmp_path: Path) -> None:
    store = ModelStore(manifest, tmp_path)

    assert all(store.has(model.name) for model in manifest.models if model.editions[0].source == "dependency")


def test_names_are_unique(small: Manifest) -> None:
    data = small.model_dump(by_alias=True)
    data["models"] = [*data["models"], data["models"][0]]

    with pytest.raises(ValidationError, match="brain is given twice"):
        Manifest.model_validate(data)


def test_several_files_need_a_folder(small: Manifest) -> None:
    data = small.model_dump(by_alias=True)
    data["models"][1]["directory"] = False

    with pytest.raises(ValidationError, match="directory: true"):
        Manifest.model_validate(data)


def test_file_names_stay_in_their_folder(small: Manifest) -> None:
    data = small.model_dump(by_alias=True)
    data["models"][0]["editions"][0]["files"][0]["name"] = "../brain.gguf"

    with pytest.raises(ValidationError, match="should match pattern"):
        Manifest.model_validate(data)
