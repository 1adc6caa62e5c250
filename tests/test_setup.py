"""What a machine without the needed parts is told: one line, by scripts/setup.sh."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest


@pytest.fixture
def checkout(tmp_path: Path, repository: Path) -> Path:
    """A bare copy of what `make setup` reads."""
    for name in ("scripts", "requirements"):
        shutil.copytree(repository / name, tmp_path / name)
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(repository / name, tmp_path / name)
    return tmp_path


def python_that(checkout: Path, script: str) -> str:
    """Make an executable that stands for python3."""
    file = checkout / "python-of-this-test"
    file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    file.chmod(0o755)
    return str(file)


def told(checkout: Path, *, python: str, part: str = "core") -> str:
    """Run the script; it must fail with exit code 3. Returns what it says."""
    result = subprocess.run(
        ["scripts/setup.sh", part],
        cwd=checkout,
        env={"PATH": os.environ["PATH"], "PYTHON": python},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert result.returncode == 3
    return result.stderr


def test_a_missing_python_is_told(checkout: Path) -> None:
    assert told(checkout, python="python-nowhere") == (
        "setup: python3 is missing: install Python 3.11 or newer, or set PYTHON\n"
    )


def test_an_old_python_is_told_with_its_version(checkout: Path) -> None:
    old = python_that(checkout, 'case "$1" in -V) echo Python 3.9.1 ;; *) exit 1 ;; esac')

    assert told(checkout, python=old) == (
        "setup: Python 3.9.1 is too old: install Python 3.11 or newer, or set PYTHON to it\n"
    )


def test_a_missing_venv_module_is_told(checkout: Path) -> None:
    bare = python_that(checkout, 'case "$2" in *ensurepip*) exit 1 ;; *) exit 0 ;; esac')

    assert told(checkout, python=bare) == "setup: the venv module is missing: install python3-venv\n"


def test_an_unknown_part_is_refused(checkout: Path) -> None:
    (checkout / ".venv/bin").mkdir(parents=True)
    python_that(checkout, "exit 0")
    (checkout / ".venv/bin/python").symlink_to(checkout / "python-of-this-test")

    assert told(checkout, python="python3", part="all") == "setup: core or models, not all\n"


def test_a_second_setup_has_nothing_to_do(checkout: Path) -> None:
    (checkout / ".venv").mkdir()
    for stamp in (".stamp-core", ".stamp-models"):
        (checkout / ".venv" / stamp).touch()

    assert subprocess.run(["make", "--question", "setup"], cwd=checkout, timeout=30, check=False).returncode == 0
    os.utime(checkout / ".venv/.stamp-core", (1, 1))
    assert subprocess.run(["make", "--question", "setup"], cwd=checkout, timeout=30, check=False).returncode == 1
