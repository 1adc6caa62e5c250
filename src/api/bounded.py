"""A bound on the size of request bodies."""

from __future__ import annotations

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Bounded:
    """ASGI middleware: a body beyond the limit is 413, before anybody has looked at who sends it."""

    def __init__(self, app: ASGIApp, *, max_bytes: int) -> None:
        """Wrap `app`; `max_bytes` is the largest body that it sees."""
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, counting its body as it is read."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        taken = 0

        async def receive_bounded() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._max_bytes:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the body is too large")
            return message

        await self._app(scope, receive_bounded, send)
