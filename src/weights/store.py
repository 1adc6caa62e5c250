"""The cache of model files, by hash: `<cache>/<first two of the hash>/<hash>/<file name>`."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from domain.errors import CorruptFile, MissingPart, ModelMissing
from weights.manifest import DependencyEdition, Edition, File, Manifest, Model
from weights.packages import Locate, locate_installed
from weights.verify import Verifier


class ModelStore:
    """Tells where a model lies on this machine; nothing is fetched here."""

    def __init__(self, manifest: Manifest, cache_dir: Path, *, locate: Locate = locate_installed) -> None:
        """Look into `cache_dir`, and with `locate` into the dependencies that bring models along."""
        self._manifest = manifest
        self._cache = cache_dir
        self._locate = locate
        self._verifier = Verifier(cache_dir / "verified")

    def path(self, name: str) -> Path:
        """Return the model's file, or its folder when it has several; its files are checked against their hashes.

        Raises:
            NotFound: the manifest has no such model.
            ModelMissing: no edition of it is complete here.
            MissingPart: it comes inside a dependency that isn't installed.
            CorruptFile: a file's SHA-256 isn't the manifest's.
        """
        model = self._manifest.find(name)
        for edition in model.editions:
            files = [self._find(edition, file) for file in edition.files]
            found = [path for path in files if path is not None]
            if len(found) == len(files):
                for path, file in zip(found, edition.files, strict=True):
                    self._verifier.check(path, file)
                return self._view(model, edition, found)
        raise _absence(model)

    def has(self, name: str) -> bool:
        """Whether the model is here, complete and correct.

        Raises:
            NotFound: the manifest has no such model.
        """
        try:
            self.path(name)
        except (MissingPart, CorruptFile):
            return False
        return True

    def place(self, file: File) -> Path:
        """Return where the cache keeps `file`, whether it's there or not."""
        return self._cache / file.sha256[:2] / file.sha256 / file.name

    def add(self, file: File, chunks: Iterable[bytes]) -> None:
        """Write `file` into the cache, whole or not at all: a file under its own name is complete and checked.

        Raises:
            CorruptFile: the SHA-256 of `chunks` isn't the manifest's.
            MissingPart: the cache can't be written.
        """
        place = self.place(file)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            _write(place, file, chunks)
            self._verifier.remember(place, file)
        except OSError as error:
            raise MissingPart(
                f"{place} can't be written: {error.strerror}", mend="make room, or set LEADLINE_MODEL_CACHE"
            ) from error

    def _find(self, edition: Edition, file: File) -> Path | None:
        if isinstance(edition, DependencyEdition):
            return self._locate(edition.package, f"{edition.folder}/{file.name}")
        place = self.place(file)
        return place if place.is_file() else None

    def _view(self, model: Model, edition: Edition, found: list[Path]) -> Path:
        if not model.directory:
            return found[0]
        if isinstance(edition, DependencyEdition):
            return found[0].parent
        view = self._cache / "views" / f"{model.name}-{edition.source}-{edition.files[0].sha256[:12]}"
        view.mkdir(parents=True, exist_ok=True)
        for path in found:
            _link(view / path.name, path)
        return view


def _absence(model: Model) -> MissingPart:
    first = model.editions[0]
    if isinstance(first, DependencyEdition):
        return MissingPart(f"model {model.name!r} comes with {first.package}, which isn't installed", mend="make setup")
    return ModelMissing(model.name)


def _write(place: Path, file: File, chunks: Iterable[bytes]) -> None:
    partial = place.with_name(f"{place.name}.{os.getpid()}.partial")
    digest = hashlib.sha256()
    try:
        with partial.open("wb") as stream:
            for chunk in chunks:
                digest.update(chunk)
                stream.write(chunk)
        if digest.hexdigest() != file.sha256:
            raise CorruptFile(file.name, expected=file.sha256, found=digest.hexdigest())
        partial.replace(place)
    finally:
        partial.unlink(missing_ok=True)


def _link(link: Path, target: Path) -> None:
    """Make `link` another name of `target`; another process doing the same at once is no error."""
    if link.exists() and link.samefile(target):
        return
    fresh = link.with_name(f"{link.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    fresh.hardlink_to(target)
    fresh.replace(link)
