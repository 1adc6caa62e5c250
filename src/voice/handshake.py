"""The first two messages of a media stream."""

from __future__ import annotations

import asyncio

from starlette.websockets import WebSocket, WebSocketDisconnect

from domain.errors import StreamViolation
from voice import messages

_LIMIT_S = 5.0


async def read_start(websocket: WebSocket) -> messages.StartDetails:
    """Read `connected` and `start` from an accepted WebSocket.

    Raises:
        StreamViolation: something else came, nothing came within 5 s, or the peer left.
    """
    try:
        async with asyncio.timeout(_LIMIT_S):
            first = messages.parse(await websocket.receive_text())
            if isinstance(first, messages.Connected):
                first = messages.parse(await websocket.receive_text())
    except TimeoutError as error:
        raise StreamViolation(f"no start message within {_LIMIT_S:.0f} s") from error
    except WebSocketDisconnect as error:
        raise StreamViolation("the stream closed before its start message") from error
    except KeyError as error:
        raise StreamViolation("a binary message in place of the start message") from error
    if not isinstance(first, messages.Start):
        raise StreamViolation(f"a {first.event!r} message before the start message")
    return first.start
