"""The id that ties together every log line of one request, call or conversation."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar

_TRACE: ContextVar[str | None] = ContextVar("leadline_trace", default=None)


def new_trace_id() -> str:
    """Return a fresh id: 32 hexadecimal digits, as W3C Trace Context has it."""
    return uuid.uuid4().hex


def trace_id() -> str | None:
    """Return the id in force, if any; tasks started under it inherit it."""
    return _TRACE.get()


@contextmanager
def bind_trace(trace: str) -> Iterator[None]:
    """Put `trace` in force within the block."""
    token = _TRACE.set(trace)
    try:
        yield
    finally:
        _TRACE.reset(token)


def add_trace(_logger: object, _method: str, event: MutableMapping[str, object]) -> MutableMapping[str, object]:
    """Add the id in force to a log line; a processor for structlog."""
    trace = _TRACE.get()
    if trace is not None:
        event.setdefault("trace_id", trace)
    return event
