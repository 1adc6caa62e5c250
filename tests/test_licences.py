from __future__ import annotations

import re
from pathlib import Path

import pytest

from scripts.licences import LOCKS, REQUIREMENTS, licence, locked, render
from weights.manifest import Manifest


@pytest.fixture(scope="module")
def page(repository: Path) -> str:
    return (repository / "docs/licences.md").read_text(encoding="utf-8")


def test_the_page_is_up_to_date(page: str) -> None:
    assert page == render(), "run: make licences"


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_its_licence(page: str, lock: str) -> None:
    packages = list(locked(REQUIREMENTS / f"{lock}.lock"))

    assert packages
    for name, version in packages:
        assert re.search(rf"^\| {re.escape(name)} \| [^|]*{re.escape(version)}[^|]* \| \S.* \|$", page, re.MULTILINE), (
            name
        )


def test_every_lock_is_listed() -> None:
    assert {path.stem for path in REQUIREMENTS.glob("*.lock")} == set(LOCKS)


def test_every_model_file_has_its_licence_and_hash(page: str, manifest: Manifest) -> None:
    for model in manifest.models:
        assert f"| {model.name} | {model.purpose} | {model.licence} |" in page
        for edition in model.editions:
            assert all(file.sha256 in page for file in edition.files)


def test_nothing_in_the_core_is_under_the_gpl() -> None:
    gpl = [name for name, _ in locked(REQUIREMENTS / "core.lock") if re.search(r"(?<!L)GPL", licence(name))]

    assert gpl == []


def test_the_core_has_no_torch() -> None:
    assert not {"torch", "torchaudio"} & {name for name, _ in locked(REQUIREMENTS / "core.lock")}


def test_every_locked_package_has_hashes_and_no_lock_names_a_host() -> None:
    for lock in REQUIREMENTS.glob("*.lock"):
        text = lock.read_text(encoding="utf-8")
        entries = re.split(r"\n(?=\S)", text.strip())
        assert all("--hash=sha256:" in entry for entry in entries), lock
        assert "://" not in text
