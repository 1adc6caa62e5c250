"""A scripted HTTP server on loopback, for what a real model server does seldom."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field


def refusal(status: int, error: str, **headers: str) -> bytes:
    body = json.dumps({"error": error}).encode()
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def answer(*objects: dict[str, object]) -> bytes:
    """Return a stream of objects that ends with the connection."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nConnection: close\r\n\r\n"
    return head + b"".join(json.dumps(each).encode() + b"\n" for each in objects)


def said(text: str, *, done: bool = False) -> dict[str, object]:
    figures = {"eval_count": 4, "eval_duration": 100_000_000, "prompt_eval_count": 7} if done else {}
    return {"model": "m", "message": {"role": "assistant", "content": text}, "done": done, **figures}


@dataclass
class StubServer:
    """Gives the scripted responses in order; an empty one leaves the client waiting until it hangs up."""

    responses: list[bytes]
    url: str = ""
    bodies: list[dict[str, object]] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)
    connections: set[asyncio.Task[None]] = field(default_factory=set)

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections.add(asyncio.create_task(self._handle(reader, writer)))

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        self.heads.append(head)
        lengths = [int(line.split(":")[1]) for line in head.split("\r\n") if line.startswith("content-length")]
        if lengths:
            self.bodies.append(json.loads(await reader.readexactly(lengths[0])))
        response = self.responses.pop(0)
        writer.write(response)
        await writer.drain()
        if not response:
            await reader.read()
            self.hung_up.set()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


@asynccontextmanager
async def stub_server(*responses: bytes) -> AsyncIterator[StubServer]:
    stub = StubServer(list(responses))
    server = await asyncio.start_server(stub.accept, "127.0.0.1", 0)
    async with server:
        stub.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield stub
        await asyncio.gather(*stub.connections)
