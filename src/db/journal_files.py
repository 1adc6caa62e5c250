"""One NDJSON file per conversation: append durably, repair after a crash, read back."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import ValidationError

from domain.errors import InvalidFile, InvalidInput
from domain.events import Ended, Event

_SUFFIX = ".ndjson"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


class JournalFiles:
    """The files below one directory. Blocking; one writer at a time, any number of readers."""

    def __init__(self, directory: Path) -> None:
        """Use `directory`, which is made on the first append."""
        self.directory = directory
        self._lengths: dict[str, int] = {}

    def path(self, conversation_id: str) -> Path:
        """Return the conversation's file.

        Raises:
            InvalidInput: the id can't be a file's name.
        """
        if not _ID.fullmatch(conversation_id):
            raise InvalidInput(f"{conversation_id!r} is no conversation id")
        return self.directory / f"{conversation_id}{_SUFFIX}"

    def conversations(self) -> Iterator[str]:
        """Yield the ids of all conversations, sorted."""
        if not self.directory.is_dir():
            return
        names = sorted(file.name.removesuffix(_SUFFIX) for file in self.directory.glob(f"*{_SUFFIX}"))
        yield from (name for name in names if _ID.fullmatch(name))

    def append(self, conversation_id: str, events: Sequence[Event]) -> None:
        """Append `events` and return once they are on the disk.

        The file is first cut to its last known good length, so that a failed append can be repeated.

        Raises:
            OSError: the disk refused.
        """
        path = self.path(conversation_id)
        lines = b"".join(_line(event) for event in events)
        self.directory.mkdir(parents=True, exist_ok=True)
        is_new = not path.exists()
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o640)
        try:
            length = self._lengths.get(conversation_id)
            if length is None:
                length = _whole_length(descriptor)
            os.ftruncate(descriptor, length)
            _write_all(descriptor, lines, offset=length)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if is_new:
            _sync_directory(self.directory)
        if isinstance(events[-1].data, Ended):
            self._lengths.pop(conversation_id, None)
        else:
            self._lengths[conversation_id] = length + len(lines)

    def read(self, conversation_id: str) -> list[Event]:
        """Return the conversation's events, without a torn last line; empty for an unknown id.

        Raises:
            InvalidFile: a whole line is no event, with its number.
            InvalidInput: the id can't be a file's name.
        """
        path = self.path(conversation_id)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return []
        lines = content.split(b"\n")[:-1]
        return [_event(path, number, line) for number, line in enumerate(lines, start=1)]


def _line(event: Event) -> bytes:
    return json.dumps(event.to_json(), ensure_ascii=False, separators=(",", ":")).encode(errors="replace") + b"\n"


def _event(path: Path, number: int, line: bytes) -> Event:
    try:
        return Event.from_json(json.loads(line))
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise InvalidFile(path, first["msg"], line=number, field=field or None) from error
    except ValueError as error:
        raise InvalidFile(path, "is no JSON", line=number) from error
    except AttributeError as error:
        raise InvalidFile(path, "is no object", line=number) from error


def _whole_length(descriptor: int) -> int:
    """Return the length up to and with the last newline."""
    size = os.fstat(descriptor).st_size
    block = 4096
    end = size
    while end > 0:
        begin = max(0, end - block)
        newline = os.pread(descriptor, end - begin, begin).rfind(b"\n")
        if newline >= 0:
            return begin + newline + 1
        end = begin
    return 0


def _write_all(descriptor: int, content: bytes, *, offset: int) -> None:
    view = memoryview(content)
    while view:
        written = os.pwrite(descriptor, view, offset)
        view, offset = view[written:], offset + written


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
