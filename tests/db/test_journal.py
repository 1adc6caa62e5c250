"""The journal keeps every event, in order, through crashes and refusals of the disk."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from db.journal import Journal, Position
from db.journal_files import JournalFiles
from domain.errors import DirectoryInUse, InvalidFile, InvalidInput, StorageFailed
from domain.events import Event
from tests.fakes.call_events import numbered, placed, ready_buyer

CALL = "4a51f7a0-5f6b-4d84-a0ad-0d5d0c5f0c01"


async def test_what_is_written_is_read_back(journal: Journal) -> None:
    events = ready_buyer()
    for event in events:
        journal.write(CALL, event)
    await journal.flush()
    assert journal.read(CALL) == events


async def test_the_file_holds_the_outsiders_shape_a_line_each(journal: Journal, tmp_path: Path) -> None:
    event = ready_buyer()[0]
    journal.write(CALL, event)
    await journal.flush()
    line = (tmp_path / "journal" / f"{CALL}.ndjson").read_text()
    assert line.startswith('{"seq":1,"type":"placed","at":"2026-03-02T15:00:00+00:00","t_ms":0,"data":{"to":')
    assert line.endswith("}\n")


async def test_events_written_before_the_start_are_kept(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.write(CALL, ready_buyer()[0])
    async with journal:
        await journal.flush()
    assert journal.read(CALL) == ready_buyer()[:1]


async def test_subscribers_get_durable_events_in_order(journal: Journal) -> None:
    seen: list[tuple[str, int]] = []
    on_disk: list[int] = []

    def note(conversation_id: str, events: Sequence[Event]) -> None:
        seen.extend((conversation_id, event.seq) for event in events)
        on_disk.append(len(journal.read(conversation_id)))

    journal.subscribe(note)
    for event in ready_buyer():
        journal.write("a", event)
        journal.write("b", event)
        await asyncio.sleep(0)
    await journal.flush()
    numbers = list(range(1, len(ready_buyer()) + 1))
    assert [seq for name, seq in seen if name == "a"] == numbers
    assert [seq for name, seq in seen if name == "b"] == numbers
    assert min(on_disk) >= 1


async def test_events_of_other_threads_are_taken(journal: Journal) -> None:
    await asyncio.to_thread(journal.write, CALL, ready_buyer()[0])
    await journal.flush()
    assert len(journal.read(CALL)) == 1


def test_a_file_cut_anywhere_reads_as_a_prefix(tmp_path: Path) -> None:
    files = JournalFiles(tmp_path)
    events = ready_buyer()[:4]
    files.append(CALL, events)
    content = files.path(CALL).read_bytes()
    for length in range(0, len(content) + 1, 7):
        files.path(CALL).write_bytes(content[:length])
        whole = content[:length].count(b"\n")
        assert JournalFiles(tmp_path).read(CALL) == events[:whole]


@pytest.mark.parametrize("torn", ["{", '{"seq":2,"type":"answered"', "x" * 10_000, "\0" * 5000])
def test_a_torn_line_is_cut_before_the_next_is_appended(tmp_path: Path, torn: str) -> None:
    first, second = ready_buyer()[:2]
    JournalFiles(tmp_path).append(CALL, [first])
    with JournalFiles(tmp_path).path(CALL).open("a") as file:
        file.write(torn)
    restarted = JournalFiles(tmp_path)
    restarted.append(CALL, [second])
    assert restarted.read(CALL) == [first, second]


@pytest.mark.parametrize(
    ("line", "says"),
    [("nonsense", "no JSON"), ("[1]", "no object"), ('{"seq":2,"type":"tango","data":{}}', "2")],
)
def test_a_whole_line_that_is_no_event_is_named(tmp_path: Path, line: str, says: str) -> None:
    files = JournalFiles(tmp_path)
    files.append(CALL, ready_buyer()[:1])
    with files.path(CALL).open("a") as file:
        file.write(line + "\n")
    with pytest.raises(InvalidFile, match=says) as caught:
        files.read(CALL)
    assert caught.value.line == 2


def test_an_unknown_conversation_is_empty(tmp_path: Path) -> None:
    assert Journal(tmp_path / "nowhere").read(CALL) == []
    assert Journal(tmp_path / "nowhere").unprojected({}) == []


@pytest.mark.parametrize("conversation_id", ["", "../etc", "a/b", ".lock", "a\n", "x" * 65])
async def test_an_id_that_is_no_file_name_is_refused(journal: Journal, conversation_id: str) -> None:
    with pytest.raises(InvalidInput, match="no conversation id"):
        journal.write(conversation_id, ready_buyer()[0])


async def test_what_the_disk_refuses_is_kept_and_tried_again(journal: Journal, tmp_path: Path) -> None:
    first, second = ready_buyer()[:2]
    obstacle = tmp_path / "journal" / f"{CALL}.ndjson"
    obstacle.mkdir()
    journal.write(CALL, first)
    with pytest.raises(StorageFailed, match="could not write 1 events"):
        await journal.flush()
    assert isinstance(journal.failure, IsADirectoryError)
    obstacle.rmdir()
    journal.write(CALL, second)
    await journal.flush()
    assert journal.failure is None
    assert journal.read(CALL) == [first, second]


async def test_closing_says_what_could_not_be_written(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal", retry_s=0.01)
    await journal.start()
    (tmp_path / "journal" / f"{CALL}.ndjson").mkdir()
    journal.write(CALL, ready_buyer()[0])
    with pytest.raises(StorageFailed, match="1 events"):
        await journal.close()


async def test_a_directory_has_one_writer(journal: Journal, tmp_path: Path) -> None:
    with pytest.raises(DirectoryInUse, match="in use by another process"):
        await Journal(tmp_path / "journal").start()
    await journal.close()
    async with Journal(tmp_path / "journal"):
        pass


async def test_closing_writes_what_is_left(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    journal = Journal(tmp_path)
    await journal.start()
    journal.write(CALL, ready_buyer()[0])
    await journal.close()
    await journal.close()
    assert len(journal.read(CALL)) == 1
    journal.write(CALL, ready_buyer()[1])
    assert "event 2 of" in caplog.text


async def test_only_conversations_that_may_go_on_are_unprojected(journal: Journal) -> None:
    for name in ("done", "behind", "new"):
        journal.write(name, ready_buyer()[0])
    await journal.flush()
    positions = {"done": Position(seq=1, ended=True), "behind": Position(seq=1, ended=False)}
    assert journal.unprojected(positions) == ["behind", "new"]


def test_a_killed_process_loses_nothing_that_was_flushed(tmp_path: Path) -> None:
    program = f"""
import asyncio, pathlib, sys
from db.journal import Journal
from tests.fakes.call_events import numbered, placed
async def main():
    journal = Journal(pathlib.Path({str(tmp_path)!r}))
    await journal.start()
    seq = 0
    while True:
        for _ in range(20):
            seq += 1
            journal.write("call", numbered(placed(), first=seq)[0])
        await journal.flush()
        print(seq, flush=True)
asyncio.run(main())
"""
    paths = os.pathsep.join(path for path in sys.path if path)
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": paths}) as process:
        assert process.stdout is not None
        flushed = [int(process.stdout.readline()) for _ in range(5)][-1]
        process.kill()
    events = JournalFiles(tmp_path).read("call")
    assert len(events) >= flushed == 100
    assert events == [numbered(placed(), first=event.seq)[0] for event in events]
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
