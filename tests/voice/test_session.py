"""A media stream through the whole pipeline over a real WebSocket, with scripted engines."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
import wave
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uvicorn
from fastapi import FastAPI, WebSocket
from websockets.asyncio.client import ClientConnection, connect

from domain.errors import StreamViolation
from domain.events import AgentHeard, AgentSaid, Answered, LeadSaid
from domain.log import EventLog
from domain.ports import Pcm16
from domain.turn import Reply
from settings.clock import SystemClock
from tests.fakes.conversation import ScriptedConversation, line
from tests.fakes.speech import ScriptedStt, ToneVoice
from voice.audio import g711
from voice.audio.levels import rms_dbfs
from voice.options import VoiceOptions
from voice.session import CallParts, Engines, run_call

FRAME = 160
START = {
    "event": "start",
    "sequenceNumber": "1",
    "streamSid": "MZ1",
    "start": {
        "accountSid": "AC1",
        "streamSid": "MZ1",
        "callSid": "CA1",
        "tracks": ["inbound"],
        "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        "customParameters": {},
    },
}


class LoudIsSpeech:
    """Voice activity by level."""

    def probability(self, window: Pcm16) -> float:
        """Return 1 for a loud window."""
        return 1.0 if rms_dbfs(window) > -40 else 0.0


class SureTurn:
    """A turn model that is always sure."""

    async def probability(self, pcm: Pcm16) -> float:
        """Say that the turn is over."""
        return 0.95


@dataclass
class Desk:
    """The server's side: each accepted stream becomes a call over the script."""

    folder: Path
    conversation: ScriptedConversation
    texts: Sequence[str]
    limit_s: float = 60.0
    log: EventLog = field(default_factory=lambda: EventLog("c1", SystemClock()))
    reasons: asyncio.Queue[str] = field(default_factory=asyncio.Queue)

    async def talk(self, websocket: WebSocket) -> None:
        """Run one stream."""
        await websocket.accept()
        engines = Engines(ScriptedStt(self.texts), SureTurn(), ToneVoice(), LoudIsSpeech)
        parts = CallParts(self.conversation, self.log, self.folder / "call.wav", self.limit_s)
        try:
            reason = await run_call(websocket, engines, parts, VoiceOptions(opening_silence_ms=10_000))
        except StreamViolation as violation:
            reason = f"violation: {violation}"
        self.reasons.put_nowait(reason)


@asynccontextmanager
async def serving(desk: Desk) -> AsyncIterator[str]:
    app = FastAPI()
    app.websocket("/media")(desk.talk)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, ws="websockets-sansio", lifespan="off"))
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"ws://127.0.0.1:{port}/media"
    finally:
        server.should_exit = True
        await task


class Caller:
    """Twilio's side of one stream: sends frames in real time, plays what comes, and returns marks at once."""

    def __init__(self, connection: ClientConnection) -> None:
        """Speak on `connection`."""
        self._socket = connection
        self._sequence = 2
        self._at_ms = 0
        self.played = 0
        self.clears = 0
        self.return_marks = True
        self.marks: asyncio.Queue[str] = asyncio.Queue()
        self._reader = asyncio.create_task(self._read())

    async def begin(self) -> None:
        """Send the first two messages."""
        await self.send({"event": "connected", "protocol": "Call", "version": "1.0.0"})
        await self.send(START)

    async def send(self, message: dict[str, Any]) -> None:
        """Send one message."""
        await self._socket.send(json.dumps(message))

    async def speak(self, ms: int, level: int) -> None:
        """Send `ms` of a tone at `level`, or of silence, paced as a line is."""
        wave_form = level * np.sin(2 * np.pi * 300 * np.arange(FRAME) / 8_000)
        payload = base64.b64encode(g711.encode_ulaw(wave_form.astype(np.int16))).decode()
        for _ in range(ms // 20):
            audio = {"track": "inbound", "chunk": "1", "timestamp": str(self._at_ms), "payload": payload}
            await self.send(
                {"event": "media", "sequenceNumber": str(self._sequence), "streamSid": "MZ1", "media": audio}
            )
            self._sequence += 1
            self._at_ms += 20
            await asyncio.sleep(0.02)

    async def say(self, ms: int = 400) -> None:
        """Speak and then be silent long enough for the turn to end."""
        await self.speak(ms, 6_000)
        await self.speak(500, 0)

    async def close(self) -> None:
        """Stop reading."""
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)

    async def _read(self) -> None:
        async for raw in self._socket:
            message = json.loads(raw)
            if message["event"] == "media":
                self.played += len(base64.b64decode(message["media"]["payload"]))
            elif message["event"] == "clear":
                self.clears += 1
            elif message["event"] == "mark":
                name = message["mark"]["name"]
                if self.return_marks:
                    self._sequence += 1
                    mark = {"event": "mark", "sequenceNumber": str(self._sequence), "streamSid": "MZ1"}
                    await self.send({**mark, "mark": {"name": name}})
                self.marks.put_nowait(name)


@asynccontextmanager
async def on_the_line(desk: Desk) -> AsyncIterator[Caller]:
    async with serving(desk) as url, connect(url) as line_to_us:
        caller = Caller(line_to_us)
        try:
            yield caller
        finally:
            await caller.close()


def desk_with(folder: Path, answers: Sequence[Sequence[Reply]], texts: Sequence[str], limit_s: float = 60.0) -> Desk:
    return Desk(folder, ScriptedConversation([line("Hi, Ada here.")], answers), texts, limit_s)


async def test_a_whole_call_from_hello_to_goodbye(tmp_path: Path) -> None:
    desk = desk_with(tmp_path, [[line("Where?")], [line("Goodbye.", ends_call=True)]], ["Hello?", "A house.", "Bye."])
    async with on_the_line(desk) as caller:
        await caller.begin()
        await caller.say(300)
        await asyncio.wait_for(caller.marks.get(), 5)
        await caller.say()
        await asyncio.wait_for(caller.marks.get(), 5)
        await caller.say()
        reason = await asyncio.wait_for(desk.reasons.get(), 10)
    assert reason == "the agent said goodbye"
    data = [event.data for event in desk.log.events]
    assert isinstance(data[0], Answered)
    assert [item.text for item in data if isinstance(item, AgentSaid)] == ["Hi, Ada here.", "Where?", "Goodbye."]
    assert [item.text for item in data if isinstance(item, LeadSaid)] == ["Hello?", "A house.", "Bye."]
    assert all(not item.interrupted for item in data if isinstance(item, AgentHeard))
    assert caller.played > 8_000
    with wave.open(str(tmp_path / "call.wav")) as file:
        pcm = np.frombuffer(file.readframes(file.getnframes()), dtype=np.int16).reshape(-1, 2)
    assert rms_dbfs(pcm[:, 0]) > -40
    assert rms_dbfs(pcm[:, 1]) > -40


async def test_speech_over_the_agent_clears_twilios_buffer(tmp_path: Path) -> None:
    long = line("This is a very long sentence that the lead does not want to hear to its end at all.")
    desk = desk_with(tmp_path, [[long]], ["Hello?", "A house.", "Wait."])
    async with on_the_line(desk) as caller:
        await caller.begin()
        await caller.say(300)
        await asyncio.wait_for(caller.marks.get(), 5)
        caller.return_marks = False
        await caller.say()
        await caller.speak(300, 6_000)
        await caller.speak(100, 0)
        await caller.send({"event": "stop", "sequenceNumber": "999", "streamSid": "MZ1"})
        reason = await asyncio.wait_for(desk.reasons.get(), 10)
    assert reason == "the call ended"
    assert caller.clears >= 1
    heard = [event.data for event in desk.log.events if isinstance(event.data, AgentHeard)]
    assert heard[-1].interrupted
    assert len(heard[-1].text) < len(long.text)


@pytest.mark.parametrize("raw", ["no json", '{"event": "dance"}', json.dumps(START)])
async def test_a_broken_message_ends_its_stream_and_the_server_takes_the_next(tmp_path: Path, raw: str) -> None:
    desk = desk_with(tmp_path, [], [])
    async with serving(desk) as url:
        async with connect(url) as line_to_us:
            caller = Caller(line_to_us)
            await caller.begin()
            await caller.speak(40, 0)
            await line_to_us.send(raw)
            assert "message" in await asyncio.wait_for(desk.reasons.get(), 10)
            await caller.close()
        async with connect(url) as line_to_us:
            await line_to_us.send(json.dumps({"event": "stop"}))
            assert "before the start message" in await asyncio.wait_for(desk.reasons.get(), 10)


async def test_a_peer_that_leaves_before_the_start_is_told_apart(tmp_path: Path) -> None:
    desk = desk_with(tmp_path, [], [])
    async with serving(desk) as url:
        async with connect(url):
            pass
        assert "closed before its start message" in await asyncio.wait_for(desk.reasons.get(), 10)


async def test_a_key_is_heard(tmp_path: Path) -> None:
    desk = desk_with(tmp_path, [[line("Goodbye.", ends_call=True)]], ["Hello?"])
    async with on_the_line(desk) as caller:
        await caller.begin()
        await caller.say(300)
        await asyncio.wait_for(caller.marks.get(), 5)
        await caller.send({"event": "dtmf", "sequenceNumber": "90", "streamSid": "MZ1", "dtmf": {"digit": "0"}})
        assert await asyncio.wait_for(desk.reasons.get(), 10) == "the agent said goodbye"
    assert [said.text for said in desk.conversation.utterances if said.source == "dtmf"] == ["0"]


async def test_no_call_outlives_its_limit(tmp_path: Path) -> None:
    desk = desk_with(tmp_path, [], [], limit_s=0.3)
    async with on_the_line(desk) as caller:
        await caller.begin()
        assert await asyncio.wait_for(desk.reasons.get(), 10) == "the call reached its limit"
    assert (tmp_path / "call.wav").is_file()
