"""Every source keeps one contract; then what each does by itself."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from domain.errors import MissingPart
from tests.weights.conftest import CONTENT
from weights.hub import HubSource
from weights.manifest import Edition, Manifest
from weights.packages import Locate, PackageSource, locate_installed
from weights.pull import Source, default_sources


@pytest.fixture(params=["packages", "hub"])
def offer(request: pytest.FixtureRequest, small: Manifest, locate: Locate, hub: str) -> tuple[Source, Edition]:
    """A source with the edition of `brain` that it gives."""
    packages, hosted = small.find("brain").editions
    return (PackageSource(locate), packages) if request.param == "packages" else (HubSource(hub), hosted)


def test_it_offers_its_own_editions_alone(offer: tuple[Source, Edition], small: Manifest) -> None:
    source, own = offer

    assert [edition for edition in small.find("brain").editions if source.offers(edition)] == [own]
    assert source.name == own.source
    assert not source.offers(small.find("inside").editions[0])


def test_it_gives_the_whole_file(offer: tuple[Source, Edition]) -> None:
    source, edition = offer

    assert b"".join(source.read(edition, edition.files[0])) == CONTENT


def test_a_file_of_another_source_is_a_mistake(offer: tuple[Source, Edition], small: Manifest) -> None:
    source, own = offer
    other = next(edition for edition in small.find("brain").editions if edition is not own)

    with pytest.raises(TypeError, match=r"brain\.gguf"):
        list(source.read(other, other.files[0]))


def test_packages_offer_nothing_while_a_part_is_missing(small: Manifest, locate: Locate, site: Path) -> None:
    (site / "brain/2.bin").unlink()
    edition = small.find("brain").editions[0]
    source = PackageSource(locate)

    assert not source.offers(edition)
    with pytest.raises(MissingPart, match="brain-2") as caught:
        list(source.read(edition, edition.files[0]))
    assert caught.value.mend == "make setup"


def test_what_the_hub_refuses_is_told(small: Manifest, hub: str) -> None:
    edition = small.find("brain").editions[1]

    with pytest.raises(MissingPart, match=r"brain\.gguf can't be downloaded from .*404") as caught:
        list(HubSource(f"{hub}nowhere").read(edition, edition.files[0]))
    assert "\n" not in str(caught.value)


def test_a_hub_out_of_reach_is_told(small: Manifest) -> None:
    edition = small.find("brain").editions[1]

    with pytest.raises(MissingPart, match="can't be downloaded"):
        list(HubSource("http://127.0.0.1:1").read(edition, edition.files[0]))


def test_packages_come_before_the_hub() -> None:
    assert [source.name for source in default_sources()] == ["packages", "hub"]


def test_an_installed_package_is_read_and_never_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "only_weights"
    package.mkdir()
    (package / "__init__.py").write_text("raise RuntimeError('imported')")
    (package / "part.bin").write_bytes(b"part")
    info = tmp_path / "only_weights-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: only-weights\nVersion: 1.0\n")
    monkeypatch.syspath_prepend(tmp_path)

    found = locate_installed("only-weights", "only_weights/part.bin")

    assert found is not None
    assert found.read_bytes() == b"part"
    assert locate_installed("only-weights", "only_weights/other.bin") is None
    assert locate_installed("never-installed", "x") is None
    assert "only_weights" not in sys.modules
