from __future__ import annotations

import os
from pathlib import Path

import pytest

from domain.errors import CorruptFile, MissingPart, ModelMissing, NotFound
from weights.manifest import Manifest
from weights.packages import Locate, PackageSource
from weights.pull import pull
from weights.store import ModelStore


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def store(small: Manifest, cache: Path, locate: Locate) -> ModelStore:
    """A store with `brain` and `ears` in it."""
    pull(small, cache, ["brain", "ears"], [PackageSource(locate)])
    return ModelStore(small, cache, locate=locate)


def test_a_missing_model_is_told_with_the_command(small: Manifest, cache: Path) -> None:
    store = ModelStore(small, cache)

    assert not store.has("brain")
    with pytest.raises(ModelMissing, match="'brain' is missing") as caught:
        store.path("brain")
    assert caught.value.mend == "leadline models pull brain"


def test_an_unknown_model_is_refused(store: ModelStore) -> None:
    with pytest.raises(NotFound):
        store.path("brian")


def test_half_a_model_is_none(small: Manifest, store: ModelStore) -> None:
    store.place(small.find("ears").editions[0].files[1]).unlink()

    with pytest.raises(ModelMissing):
        store.path("ears")


def test_a_model_of_several_files_is_a_folder_with_their_names(store: ModelStore) -> None:
    folder = store.path("ears")

    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"model.bin": b"model", "config.json": b"{}"}
    assert store.path("ears") == folder


def test_a_folder_follows_a_file_that_was_fetched_again(small: Manifest, store: ModelStore) -> None:
    folder = store.path("ears")
    file = small.find("ears").editions[0].files[0]
    store.place(file).unlink()
    store.add(file, [b"mo", b"del"])

    assert store.path("ears") == folder
    assert (folder / "model.bin").samefile(store.place(file))
    assert len(list(folder.iterdir())) == 2


def test_a_changed_file_is_an_error_naming_it(store: ModelStore) -> None:
    path = store.path("brain")
    path.write_bytes(b"changed")

    with pytest.raises(CorruptFile, match=f"{path} has SHA-256"):
        store.path("brain")
    assert not store.has("brain")


def test_an_unchanged_file_is_not_read_again(store: ModelStore) -> None:
    path = store.path("brain")
    before = path.stat()
    path.write_bytes(b"x" * before.st_size)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert store.path("brain") == path
    os.utime(path)
    with pytest.raises(CorruptFile):
        store.path("brain")


def test_a_touched_file_is_read_once_more(store: ModelStore) -> None:
    path = store.path("brain")
    os.utime(path, ns=(1, 1))

    assert store.path("brain") == path


def test_a_model_inside_a_dependency_is_used_where_it_is(store: ModelStore, site: Path) -> None:
    assert store.path("inside") == site / "dep/data/vad.onnx"


def test_a_changed_dependency_is_an_error(store: ModelStore, site: Path) -> None:
    (site / "dep/data/vad.onnx").write_bytes(b"other")

    with pytest.raises(CorruptFile, match=r"vad\.onnx"):
        store.path("inside")


def test_a_missing_dependency_is_told_with_the_command(store: ModelStore, site: Path) -> None:
    (site / "dep/data/vad.onnx").unlink()

    with pytest.raises(MissingPart, match="comes with dep") as caught:
        store.path("inside")
    assert caught.value.mend == "make setup"
