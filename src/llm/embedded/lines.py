"""A response of JSON lines whose source is closed the moment the client hangs up."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing

import anyio
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from llm.embedded.engine import EngineError
from llm.embedded.wire import Line

_NDJSON = b"application/x-ndjson"


def problem(status: int, reason: str) -> Response:
    """Return an error in Ollama's shape."""
    return JSONResponse({"error": reason}, status)


class LinesResponse(Response):
    """Sends each object as a line as soon as it is there.

    Headers wait for the first object, so that an engine's refusal becomes a status; a later failure becomes a last
    line with `error`. Starlette's own streaming response can't do the first.
    """

    def __init__(self, lines: AsyncGenerator[Line, None]) -> None:
        """Send `lines`; the generator is always closed."""
        super().__init__()
        self._lines = lines

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the sender against the client's disconnect."""
        async with anyio.create_task_group() as group:

            async def run() -> None:
                await self._send_all(scope, receive, send)
                group.cancel_scope.cancel()

            group.start_soon(run)
            while (await receive())["type"] != "http.disconnect":
                pass
            group.cancel_scope.cancel()

    async def _send_all(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with aclosing(self._lines) as lines:
            try:
                first = await anext(lines)
            except EngineError as error:
                await problem(error.status, str(error))(scope, receive, send)
                return
            headers = [(b"content-type", _NDJSON)]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send(_body(first))
            try:
                async for line in lines:
                    await send(_body(line))
            except EngineError as error:
                await send(_body({"error": str(error)}))
            await send({"type": "http.response.body", "body": b"", "more_body": False})


def _body(line: Line) -> dict[str, object]:
    return {"type": "http.response.body", "body": json.dumps(line).encode() + b"\n", "more_body": True}
