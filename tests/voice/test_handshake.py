"""The first two messages of a stream, over Starlette's WebSocket."""

from __future__ import annotations

import json
from collections import deque
from typing import Any

import pytest
from starlette.types import Message
from starlette.websockets import WebSocket

from domain.errors import StreamViolation
from voice.handshake import read_start

CONNECTED = {"event": "connected", "protocol": "Call", "version": "1.0.0"}
START: dict[str, Any] = {
    "event": "start",
    "sequenceNumber": "1",
    "streamSid": "MZ1",
    "start": {
        "streamSid": "MZ1",
        "callSid": "CA1",
        "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        "customParameters": {"lead": "7"},
    },
}
GONE: Message = {"type": "websocket.disconnect", "code": 1006}


def text(message: dict[str, Any]) -> Message:
    return {"type": "websocket.receive", "text": json.dumps(message)}


async def accepted(*messages: Message) -> WebSocket:
    coming = deque([{"type": "websocket.connect"}, *messages])

    async def receive() -> Message:
        return coming.popleft()

    async def send(_: Message) -> None:
        """Take what the server sends."""

    websocket = WebSocket({"type": "websocket"}, receive, send)
    await websocket.accept()
    return websocket


@pytest.mark.parametrize("before", [(CONNECTED,), ()])
async def test_the_start_message_tells_call_and_stream(before: tuple[dict[str, Any], ...]) -> None:
    start = await read_start(await accepted(*(text(message) for message in (*before, START))))
    assert (start.stream_sid, start.call_sid, start.custom_parameters) == ("MZ1", "CA1", {"lead": "7"})


def other_format(**fields: object) -> dict[str, Any]:
    media_format = {**START["start"]["mediaFormat"], **fields}
    return {**START, "start": {**START["start"], "mediaFormat": media_format}}


@pytest.mark.parametrize(
    ("messages", "reason"),
    [
        ((GONE,), "closed before its start message"),
        ((text(CONNECTED), GONE), "closed before its start message"),
        (({"type": "websocket.receive", "bytes": b"\x00"},), "a binary message"),
        ((text(CONNECTED), text(CONNECTED)), "a 'connected' message before the start message"),
        ((text({"event": "stop"}),), "a 'stop' message before the start message"),
        (({"type": "websocket.receive", "text": "hello"},), "bad message"),
        (({"type": "websocket.receive", "text": "x" * 70_000},), "70000 characters"),
        ((text(other_format(sampleRate=16000)),), "sampleRate"),
        ((text(other_format(encoding="audio/l16")),), "encoding"),
    ],
)
async def test_anything_else_breaks_the_protocol(messages: tuple[Message, ...], reason: str) -> None:
    with pytest.raises(StreamViolation, match=reason):
        await read_start(await accepted(*messages))
