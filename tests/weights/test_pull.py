from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.errors import CorruptFile, MissingPart, ModelMissing, NotFound
from tests.weights.conftest import CONTENT
from weights.hub import HubSource
from weights.manifest import Edition, File, Manifest
from weights.packages import Locate, PackageSource
from weights.pull import pull


class Counted:
    """A source that notes what is read from another."""

    name = "counted"

    def __init__(self, inner: PackageSource | HubSource) -> None:
        self.inner = inner
        self.read_files: list[str] = []

    def offers(self, edition: Edition) -> bool:
        return self.inner.offers(edition)

    def read(self, edition: Edition, file: File) -> Iterator[bytes]:
        self.read_files.append(file.name)
        return self.inner.read(edition, file)


class Told:
    """A progress that remembers."""

    def __init__(self) -> None:
        self.begun: list[tuple[str, str, int, str]] = []
        self.bytes = 0
        self.there: list[str] = []

    def begin(self, model: str, file: str, *, size: int, source: str) -> None:
        self.begun.append((model, file, size, source))

    def advance(self, count: int) -> None:
        self.bytes += count

    def present(self, model: str) -> None:
        self.there.append(model)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def leftovers(cache: Path) -> list[str]:
    return sorted(path.name for path in cache.rglob("*") if path.is_file() and path.suffix != ".verified")


def test_parts_are_joined_under_their_hash(small: Manifest, locate: Locate, cache: Path) -> None:
    path = pull(small, cache, ["brain"], [PackageSource(locate)])["brain"]

    digest = small.find("brain").editions[0].files[0].sha256
    assert path == cache / digest[:2] / digest / "brain.gguf"
    assert path.read_bytes() == CONTENT
    assert leftovers(cache) == ["brain.gguf"]


def test_the_hub_is_asked_when_a_package_is_missing(
    small: Manifest, site: Path, locate: Locate, cache: Path, hub: str
) -> None:
    (site / "brain/1.bin").unlink()
    packages, hosted = Counted(PackageSource(locate)), Counted(HubSource(hub))

    path = pull(small, cache, ["brain"], [packages, hosted])["brain"]

    assert path.read_bytes() == CONTENT
    assert (packages.read_files, hosted.read_files) == ([], ["brain.gguf"])


def test_the_first_source_is_preferred(small: Manifest, locate: Locate, cache: Path, hub: str) -> None:
    packages, hosted = Counted(PackageSource(locate)), Counted(HubSource(hub))

    pull(small, cache, ["brain"], [packages, hosted])

    assert (packages.read_files, hosted.read_files) == (["brain.gguf"], [])


def test_a_second_pull_reads_nothing(small: Manifest, locate: Locate, cache: Path) -> None:
    pull(small, cache, ["brain", "ears"], [PackageSource(locate)])
    source, told = Counted(PackageSource(locate)), Told()

    paths = pull(small, cache, ["brain", "ears"], [source], told)

    assert source.read_files == []
    assert told.there == ["brain", "ears"]
    assert sorted(path.name for path in paths["ears"].iterdir()) == ["config.json", "model.bin"]


def test_progress_is_told_byte_for_byte(small: Manifest, locate: Locate, cache: Path) -> None:
    told = Told()
    pull(small, cache, ["brain"], [PackageSource(locate)], told)

    assert told.begun == [("brain", "brain.gguf", len(CONTENT), "packages")]
    assert told.bytes == len(CONTENT)


def test_a_wrong_hash_names_the_file_and_keeps_nothing(
    small: Manifest, site: Path, locate: Locate, cache: Path
) -> None:
    (site / "brain/2.bin").write_bytes(b"other")

    with pytest.raises(CorruptFile, match=r"brain\.gguf has SHA-256") as caught:
        pull(small, cache, ["brain"], [PackageSource(locate)])

    assert caught.value.exit_code == 3
    assert leftovers(cache) == []


def test_a_spoilt_file_is_fetched_again(small: Manifest, locate: Locate, cache: Path) -> None:
    path = pull(small, cache, ["brain"], [PackageSource(locate)])["brain"]
    path.write_bytes(b"spoilt")

    assert pull(small, cache, ["brain"], [PackageSource(locate)])["brain"].read_bytes() == CONTENT


def test_a_model_that_no_source_has_is_told_with_the_command(small: Manifest, cache: Path) -> None:
    with pytest.raises(ModelMissing) as caught:
        pull(small, cache, ["brain"], [])

    assert caught.value.mend == "leadline models pull brain"


def test_a_model_inside_a_missing_dependency_is_told_with_the_command(small: Manifest, cache: Path) -> None:
    with pytest.raises(MissingPart, match="comes with dep") as caught:
        pull(small, cache, ["inside"])

    assert caught.value.mend == "make setup"


def test_an_unknown_name_is_refused_with_the_known_ones(small: Manifest, cache: Path) -> None:
    with pytest.raises(NotFound, match="'brian'") as caught:
        pull(small, cache, ["brian"])

    assert caught.value.mend == "one of: brain, ears, inside"


def test_a_cache_that_cannot_be_written_is_told(small: Manifest, locate: Locate, cache: Path) -> None:
    cache.mkdir()
    digest = small.find("brain").editions[0].files[0].sha256
    (cache / digest[:2]).write_text("in the way")

    with pytest.raises(MissingPart, match="can't be written") as caught:
        pull(small, cache, ["brain"], [PackageSource(locate)])

    assert caught.value.mend is not None
    assert "LEADLINE_MODEL_CACHE" in caught.value.mend


@pytest.mark.models
def test_all_that_ships_is_there_after_a_pull(manifest: Manifest, models_cache: Path) -> None:
    paths = pull(manifest, models_cache)

    assert set(paths) == {model.name for model in manifest.models}
    assert paths["qwen2.5-coder-0.5b-instruct"].name == "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf"
    assert {"model.bin", "config.json", "tokenizer.json"} <= {path.name for path in paths["whisper-base"].iterdir()}
    assert paths["silero-vad"].name == "silero_vad.onnx"
