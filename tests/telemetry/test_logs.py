from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Iterator

import loguru
import pytest
import structlog

from telemetry import bind_trace, configure_logging, get_logger, new_trace_id, trace_id


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """What is logged; afterwards the process logs as before."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logging("INFO", stream)
    yield stream
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_one_json_object(stream: io.StringIO) -> None:
    get_logger("voice").info("call_placed", call_id="c1", to="+15550100123")

    (line,) = lines(stream)
    assert line.pop("timestamp")
    assert line == {"event": "call_placed", "call_id": "c1", "to": "***23", "level": "info", "logger": "voice"}


def test_the_standard_librarys_lines_look_alike(stream: io.StringIO) -> None:
    logging.getLogger("library").warning("refused %s", "+15550100123", extra={"code": 403})

    (line,) = lines(stream)
    assert (line["event"], line["level"], line["logger"], line["code"]) == ("refused ***23", "warning", "library", 403)


def test_lines_below_the_level_are_dropped(stream: io.StringIO) -> None:
    get_logger("voice").debug("quiet")
    logging.getLogger("httpx").debug("quiet")

    assert lines(stream) == []


def test_an_exception_is_masked_too(stream: io.StringIO) -> None:
    try:
        raise ValueError("no such lead: +15550100123")
    except ValueError:
        get_logger("db").exception("lookup_failed")

    (line,) = lines(stream)
    assert "ValueError: no such lead: ***23" in str(line["exception"])


def test_what_pipecat_says_is_taken_over_from_warnings_on(stream: io.StringIO) -> None:
    loguru.logger.info("heard: I live at 4 Elm Street")
    loguru.logger.warning("slow for {}", "+15550100123")
    try:
        raise OSError("gone")
    except OSError:
        loguru.logger.exception("broke")

    slow, broke = lines(stream)
    assert (slow["event"], slow["level"]) == ("slow for ***23", "warning")
    assert "OSError: gone" in str(broke["exception"])


def test_configuring_again_replaces(stream: io.StringIO) -> None:
    other = io.StringIO()
    configure_logging("INFO", other)
    get_logger("voice").info("once")

    assert lines(stream) == []
    assert len(lines(other)) == 1


async def test_a_trace_follows_its_tasks_and_no_others(stream: io.StringIO) -> None:
    log = get_logger("api")

    async def work() -> None:
        log.info("working")

    trace = new_trace_id()
    with bind_trace(trace):
        task = asyncio.create_task(work())
        with bind_trace("inner"):
            log.info("inside")
        assert trace_id() == trace
    await task
    log.info("after")

    assert [(line["event"], line.get("trace_id")) for line in lines(stream)] == [
        ("inside", "inner"),
        ("working", trace),
        ("after", None),
    ]
    assert trace_id() is None


def test_trace_ids_differ_and_have_w3cs_length() -> None:
    ids = {new_trace_id() for _ in range(100)}

    assert len(ids) == 100
    assert all(len(trace) == 32 and int(trace, 16) for trace in ids)
