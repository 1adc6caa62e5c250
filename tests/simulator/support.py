"""An agent of tones behind real sockets, a lead that speaks tones, and a clock that runs."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import httpx
import numpy as np
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from websockets.asyncio.server import ServerConnection, serve

from domain.ports import Pcm16
from simulator import mulaw
from simulator.loopback import LoopbackServer
from simulator.persona import Persona
from simulator.rest import Account
from simulator.sound import FRAME_SAMPLES, SAMPLE_RATE, is_audible, to_pcm16

ACCOUNT = Account("AC" + "0" * 32, "secret")
FROM = "+14155550100"
LEAD = "+14155550199"

Json = dict[str, Any]


class RunningClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


def tone(frequency: float, duration_ms: float, *, dbfs: float = -20.0) -> Pcm16:
    """Return a sine at 8 kHz of the given RMS level."""
    steps = np.arange(round(duration_ms * SAMPLE_RATE / 1000))
    amplitude = 32_768 * 2**0.5 * 10 ** (dbfs / 20)
    return to_pcm16(amplitude * np.sin(2 * np.pi * frequency / SAMPLE_RATE * steps))


class ToneVoice:
    """A `LeadVoice` that hums at 300 Hz, 300 ms a sentence, silence around it."""

    name = "tone"

    def __init__(self) -> None:
        self.rendered: list[tuple[str, str]] = []

    async def render(self, text: str, voice: str) -> Pcm16:
        self.rendered.append((text, voice))
        quiet = np.zeros(480, dtype=np.int16)
        return np.concatenate([quiet, tone(300.0 if voice == "lead" else 400.0, 300), quiet])


def persona(**fields: Any) -> Persona:  # noqa: ANN401 - fields of any type
    """Return a persona at LEAD with `fields` over plain ones."""
    plain = {"name": "someone", "phone": LEAD, "expect": {"outcome": "qualified"}}
    return Persona.model_validate({**plain, **fields})


class AgentSide:
    """The server's end of a media stream."""

    def __init__(self, socket: ServerConnection) -> None:
        self.socket = socket
        self.headers = dict(socket.request.headers) if socket.request else {}
        self.received: list[tuple[float, Json]] = []
        self._inbox: asyncio.Queue[tuple[float, Json]] = asyncio.Queue()

    @property
    def stream_sid(self) -> str:
        return str(next(message["streamSid"] for _, message in self.received if message["event"] == "start"))

    def of(self, event: str) -> list[tuple[float, Json]]:
        return [(at, message) for at, message in self.received if message["event"] == event]

    async def take_all(self) -> None:
        async for text in self.socket:
            item = (time.monotonic(), json.loads(text))
            self.received.append(item)
            self._inbox.put_nowait(item)

    async def next(self, event: str) -> tuple[float, Json]:
        while True:
            at, message = await self._inbox.get()
            if message["event"] == event:
                return at, message

    async def lead_ends(self) -> float:
        """Wait until the lead has spoken and fallen silent; return when its last audible frame came."""
        last = None
        while True:
            at, message = await self.next("media")
            if is_audible(mulaw.decode(base64.b64decode(message["media"]["payload"]))):
                last = at
            elif last is not None:
                return last

    async def say(self, pcm: Pcm16) -> None:
        payload = base64.b64encode(mulaw.encode(pcm)).decode()
        await self.send({"event": "media", "streamSid": self.stream_sid, "media": {"payload": payload}})

    async def mark(self, name: str) -> None:
        await self.send({"event": "mark", "streamSid": self.stream_sid, "mark": {"name": name}})

    async def clear(self) -> None:
        await self.send({"event": "clear", "streamSid": self.stream_sid})

    async def send(self, message: Json) -> None:
        await self.socket.send(json.dumps(message))


Behaviour = Callable[[AgentSide], Awaitable[None]]


@dataclass
class MediaServer:
    """Where streams arrive; each plays the behaviour, then stays open until the other side ends it."""

    url: str
    streams: list[AgentSide] = field(default_factory=list)


@asynccontextmanager
async def media_server(behaviour: Behaviour, *, closes: bool = False) -> AsyncIterator[MediaServer]:
    async def handle(socket: ServerConnection) -> None:
        side = AgentSide(socket)
        server.streams.append(side)
        reader = asyncio.create_task(side.take_all())
        await side.next("start")
        await behaviour(side)
        if closes:
            await socket.close()
        await reader

    async with serve(handle, "127.0.0.1", 0) as listening:
        server = MediaServer(f"ws://127.0.0.1:{listening.sockets[0].getsockname()[1]}/media/token")
        yield server


@dataclass
class Hook:
    """A webhook as it came in."""

    path: str
    url: str
    signature: str
    form: dict[str, str]


@dataclass
class WebhookServer:
    """Answers /voice with `twiml` and everything else with 204."""

    url: str = ""
    twiml: str = "<Response/>"
    hooks: list[Hook] = field(default_factory=list)
    status: int = 200

    def at(self, path: str) -> list[Hook]:
        return [hook for hook in self.hooks if hook.path == path]


@asynccontextmanager
async def webhook_server() -> AsyncIterator[WebhookServer]:
    async def take(request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        signature = request.headers["X-Twilio-Signature"]
        hooks.hooks.append(Hook(request.url.path, str(request.url), signature, form))
        if request.url.path == "/voice":
            return Response(hooks.twiml, status_code=hooks.status, media_type="text/xml")
        return Response(status_code=204)

    hooks = WebhookServer()
    app = Starlette(routes=[Route("/{path:path}", take, methods=["GET", "POST"])])
    async with LoopbackServer(app) as server:
        hooks.url = server.url
        yield hooks


def connect_twiml(url: str, **parameters: str) -> str:
    inner = "".join(f'<Parameter name="{name}" value="{value}"/>' for name, value in parameters.items())
    return f'<Response><Connect><Stream url="{url}">{inner}</Stream></Connect></Response>'


async def place(base_url: str, **fields: str | list[str]) -> httpx.Response:
    """Ask the simulated Twilio for a call to LEAD."""
    async with httpx.AsyncClient(trust_env=False, auth=(ACCOUNT.sid, ACCOUNT.auth_token)) as client:
        url = f"{base_url}/2010-04-01/Accounts/{ACCOUNT.sid}/Calls.json"
        return await client.post(url, data={"To": LEAD, "From": FROM, **fields})


def frame(frequency: float = 500.0, dbfs: float = -20.0) -> Pcm16:
    """Return one frame of a tone."""
    return tone(frequency, FRAME_SAMPLES * 1000 / SAMPLE_RATE, dbfs=dbfs)
