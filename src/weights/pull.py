"""Fill the cache: each model from its first edition that a source can give."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from weights.hub import HubSource
from weights.manifest import Edition, File, Manifest, Model
from weights.packages import PackageSource
from weights.store import ModelStore


class Source(Protocol):
    """Gives the bytes of model files."""

    @property
    def name(self) -> str:
        """The source's name, for people."""
        ...

    def offers(self, edition: Edition) -> bool:
        """Whether this source can give every file of `edition`."""
        ...

    def read(self, edition: Edition, file: File) -> Iterator[bytes]:
        """Yield the bytes of `file`.

        Raises:
            MissingPart: it can't be had.
        """
        ...


class Progress(Protocol):
    """Is told how far a pull has come."""

    def begin(self, model: str, file: str, *, size: int, source: str) -> None:
        """`file` of `model` begins; `size` in bytes."""
        ...

    def advance(self, count: int) -> None:
        """`count` more bytes have come."""
        ...

    def present(self, model: str) -> None:
        """`model` was there already."""
        ...


class Quiet:
    """A progress that tells nobody."""

    def begin(self, model: str, file: str, *, size: int, source: str) -> None:
        """Do nothing."""

    def advance(self, count: int) -> None:
        """Do nothing."""

    def present(self, model: str) -> None:
        """Do nothing."""


def default_sources() -> tuple[Source, ...]:
    """Return the packages where they are installed, then the hub."""
    return (PackageSource(), HubSource())


def pull(
    manifest: Manifest,
    cache_dir: Path,
    names: Iterable[str] = (),
    sources: Sequence[Source] | None = None,
    progress: Progress | None = None,
) -> dict[str, Path]:
    """Bring the models of `names`, or all, into `cache_dir`; return each one's path.

    Raises:
        NotFound: a name is unknown.
        ModelMissing: no source has the model.
        MissingPart: a source that has it failed, the package that brings it isn't installed, or the cache can't be
            written.
        CorruptFile: what a source gave has another SHA-256; it isn't kept.
    """
    sources = default_sources() if sources is None else sources
    progress = progress or Quiet()
    store = ModelStore(manifest, cache_dir)
    paths: dict[str, Path] = {}
    for model in manifest.select(names):
        if store.has(model.name):
            progress.present(model.name)
        else:
            _fetch(model, store, sources, progress)
        paths[model.name] = store.path(model.name)
    return paths


def _fetch(model: Model, store: ModelStore, sources: Sequence[Source], progress: Progress) -> None:
    for source in sources:
        for edition in model.editions:
            if source.offers(edition):
                for file in edition.files:
                    progress.begin(model.name, file.name, size=file.size, source=source.name)
                    store.add(file, _counted(source.read(edition, file), progress))
                return


def _counted(chunks: Iterator[bytes], progress: Progress) -> Iterator[bytes]:
    for chunk in chunks:
        progress.advance(len(chunk))
        yield chunk
