"""SHA-256 of files, remembered so that a file is read in full once and not at every start."""

from __future__ import annotations

import hashlib
from pathlib import Path

from domain.errors import CorruptFile
from weights.manifest import File

_CHUNK = 1 << 20


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of the file at `path` in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


class Verifier:
    """Checks files against the manifest. What was checked is kept in `folder`, one small file a hash."""

    def __init__(self, folder: Path) -> None:
        """Keep the notes in `folder`, which need not exist yet."""
        self._folder = folder

    def check(self, path: Path, file: File) -> None:
        """Check that `path` holds `file`; a file whose size and time are as last checked isn't read again.

        Raises:
            CorruptFile: its SHA-256 is another one.
        """
        note = self._note(file)
        if note.is_file() and note.read_text(encoding="utf-8") == _stamp(path):
            return
        found = sha256_of(path)
        if found != file.sha256:
            raise CorruptFile(str(path), expected=file.sha256, found=found)
        self.remember(path, file)

    def remember(self, path: Path, file: File) -> None:
        """Note that `path` was found to hold `file`."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._note(file).write_text(_stamp(path), encoding="utf-8")

    def _note(self, file: File) -> Path:
        return self._folder / f"{file.sha256}.verified"


def _stamp(path: Path) -> str:
    stat = path.stat()
    return f"{path.resolve()}\n{stat.st_size}\n{stat.st_mtime_ns}\n"
