"""Model files inside installed packages. Such packages are read, never imported."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TypeAlias

from domain.errors import MissingPart
from weights.manifest import Edition, File, PackageEdition, PackageFile

Locate: TypeAlias = Callable[[str, str], Path | None]
"""Takes a distribution's name and a path in it, gives the file, or None when it isn't installed."""

_CHUNK = 1 << 20


def locate_installed(package: str, path: str) -> Path | None:
    """Return the file `path` of the installed distribution `package`, or None."""
    try:
        file = Path(str(distribution(package).locate_file(path)))
    except PackageNotFoundError:
        return None
    return file if file.is_file() else None


class PackageSource:
    """Joins the parts that weight-carrying packages bring."""

    name = "packages"

    def __init__(self, locate: Locate = locate_installed) -> None:
        """Find parts with `locate`."""
        self._locate = locate

    def offers(self, edition: Edition) -> bool:
        """Whether every part of `edition` is installed."""
        return isinstance(edition, PackageEdition) and all(
            self._locate(part.package, part.path) for file in edition.files for part in file.parts
        )

    def read(self, edition: Edition, file: File) -> Iterator[bytes]:
        """Yield the bytes of `file`, part after part.

        Raises:
            MissingPart: a part isn't installed.
        """
        if not isinstance(file, PackageFile):
            raise TypeError(f"{file.name} comes from no package")
        for part in file.parts:
            found = self._locate(part.package, part.path)
            if found is None:
                raise MissingPart(
                    f"package {part.package} with a part of {file.name} isn't installed", mend="make setup"
                )
            with found.open("rb") as stream:
                while chunk := stream.read(_CHUNK):
                    yield chunk
