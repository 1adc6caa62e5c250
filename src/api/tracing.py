"""The trace id of each request, in its logs and in its answer."""

from __future__ import annotations

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from telemetry.trace import bind_trace, new_trace_id

HEADERS = ("X-Trace-ID", "X-Request-ID")
_ACCEPTED = re.compile(r"[A-Za-z0-9_.-]{1,64}")


class Traced:
    """ASGI middleware: takes the caller's trace id, or a new one where it gives none that can be used."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap `app`."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request with its id in force; the scope's state keeps it for answers made further out."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        trace = _given(Headers(scope=scope)) or new_trace_id()
        scope.setdefault("state", {})["trace_id"] = trace

        async def send_traced(message: Message) -> None:
            if message["type"] == "http.response.start":
                put_trace(MutableHeaders(scope=message), trace)
            await send(message)

        with bind_trace(trace):
            await self._app(scope, receive, send_traced)


def put_trace(headers: MutableHeaders, trace: str) -> None:
    """Name the id in an answer's headers."""
    for name in HEADERS:
        headers[name] = trace


def _given(headers: Headers) -> str | None:
    return next((text for name in HEADERS if _ACCEPTED.fullmatch(text := headers.get(name, ""))), None)
