"""One media stream: the lead's frames out every 20 ms, the agent's audio in, as Twilio does it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from domain.clock import Clock
from domain.ports import Pcm16
from simulator import mulaw
from simulator.hearing import HeardText
from simulator.lead import Lead, LeadFrame
from simulator.line import Line
from simulator.measure import SentLines, heard_turns, played_clauses, speech_spans
from simulator.messages import Clear, Mark, Media, StreamIdentity, StreamMessages, parse_message
from simulator.playout import Playout
from simulator.record import StreamRecord
from simulator.sound import FRAME_MS, FRAME_SAMPLES, SAMPLE_RATE, is_audible, write_wav

_FRAME_S = FRAME_MS / 1000
_LAST_WORDS_S = 1.0

EndedBy = Literal["lead", "server", "carrier"]


@dataclass(frozen=True, slots=True)
class Phone:
    """The lead and the line that it speaks on."""

    lead: Lead
    line: Line


@dataclass(frozen=True, slots=True)
class _Outgoing:
    due: float
    text: str
    line: int | None = None
    frame_start_ms: int = 0


class MediaStream:
    """A bidirectional stream over one WebSocket; run it once, then take its record.

    Frame n covers the 20 ms from n times 20 ms on and is sent at their end, by an absolute clock, so that lateness
    never adds up. Received audio is played from its arrival.
    """

    def __init__(self, identity: StreamIdentity, phone: Phone, clock: Clock) -> None:
        """Prepare the stream of `identity` for `phone`, paced by `clock`."""
        self._identity = identity
        self._phone = phone
        self._clock = clock
        self._messages = StreamMessages(identity)
        self._playout = Playout()
        self._sent = SentLines()
        self._outbox: asyncio.Queue[_Outgoing | None] = asyncio.Queue()
        self._began = 0.0
        self._last_due = 0.0
        self._frames = 0
        self._left: list[Pcm16] = []
        self._right: list[Pcm16] = []
        self._violations: list[str] = []
        self._ended_by: EndedBy = "server"
        self._hung_up = False

    def hang_up(self) -> None:
        """End the stream from Twilio's side."""
        self._hung_up = True

    def press(self, digit: str) -> None:
        """Let the lead press a key."""
        self._post(self._messages.dtmf(digit))

    async def run(self, url: str, headers: dict[str, str], *, limit_s: float) -> None:
        """Open the WebSocket and stay until a side hangs up or `limit_s` is over.

        Raises:
            OSError: the server can't be reached.
            websockets.exceptions.WebSocketException: the handshake failed.
            SpeechError: the lead's recogniser failed.
        """
        async with connect(
            url,
            additional_headers=headers,
            user_agent_header="Twilio.TmeWs/1.0",
            compression=None,
            proxy=None,
            ping_interval=None,
        ) as socket:
            await socket.send(self._messages.connected())
            await socket.send(self._messages.start())
            self._began = self._last_due = self._clock.monotonic()
            reader = asyncio.create_task(self._read(socket))
            sender = asyncio.create_task(self._send(socket))
            try:
                self._ended_by = await self._pace(reader, limit_s)
                self._post(self._messages.stop())
                self._outbox.put_nowait(None)
                await asyncio.wait([sender], timeout=_LAST_WORDS_S)
            finally:
                reader.cancel()
                sender.cancel()
                await asyncio.gather(reader, sender, return_exceptions=True)

    async def record(self, texts: Sequence[HeardText], recording: Path | None) -> StreamRecord:
        """Measure the turns, worded by `texts`, and write the stereo `recording`.

        Its left side is the lead as sent, its right the agent as played.
        """
        played_to = self._frames * FRAME_SAMPLES
        if recording is not None and self._frames:
            await asyncio.to_thread(write_wav, recording, np.concatenate(self._left), np.concatenate(self._right))
        return StreamRecord(
            stream_sid=self._identity.stream_sid,
            custom_parameters=self._identity.custom_parameters,
            ended_by=self._ended_by,
            duration_ms=self._frames * FRAME_MS,
            turns=heard_turns(self._sent.all(), speech_spans(self._playout.frames, played_to=played_to), texts),
            clauses=played_clauses(self._playout.returned, self._playout.frames),
            violations=tuple(self._violations),
            recording=recording if self._frames else None,
        )

    async def _pace(self, reader: asyncio.Task[None], limit_s: float) -> EndedBy:
        while True:
            end = self._began + (self._frames + 1) * _FRAME_S
            await asyncio.sleep(max(0.0, end - self._clock.monotonic()))
            if reader.done():
                return "server"
            if self._hung_up or self._frames * _FRAME_S >= limit_s:
                return "carrier"
            self._tick()
            if self._phone.lead.hung_up:
                return "lead"

    def _tick(self) -> None:
        start_ms = self._frames * FRAME_MS
        until = (self._frames + 1) * FRAME_SAMPLES
        heard = self._playout.play(until)
        for name in self._playout.due_marks():
            self._post(self._messages.mark(name))
        frame = self._phone.lead.next_frame(heard, start_ms, more_to_come=self._playout.end > until)
        payload = mulaw.encode(self._phone.line.carry(frame.pcm, heard))
        self._post_frame(payload, frame, start_ms)
        self._left.append(mulaw.decode(payload))
        self._right.append(heard)
        self._frames += 1

    def _post_frame(self, payload: bytes, frame: LeadFrame, start_ms: int) -> None:
        due = self._clock.monotonic() + self._phone.line.delay_s()
        self._last_due = max(self._last_due, due)
        line = frame.line if is_audible(frame.pcm) else None
        self._outbox.put_nowait(_Outgoing(self._last_due, self._messages.media(payload), line, start_ms))

    def _post(self, text: str) -> None:
        self._outbox.put_nowait(_Outgoing(self._last_due, text))

    async def _send(self, socket: ClientConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            while (item := await self._outbox.get()) is not None:
                wait_s = item.due - self._clock.monotonic()
                if wait_s > 0:
                    await asyncio.sleep(wait_s)
                await socket.send(item.text)
                if item.line is not None:
                    self._note_sent(item.line, item.frame_start_ms)

    def _note_sent(self, line: int, frame_start_ms: int) -> None:
        sent_ms = (self._clock.monotonic() - self._began) * 1000
        self._sent.sent(line, self._phone.lead.lines[line].text, frame_start_ms=frame_start_ms, sent_ms=sent_ms)

    async def _read(self, socket: ClientConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for text in socket:
                arrival = round((self._clock.monotonic() - self._began) * SAMPLE_RATE)
                try:
                    self._take(parse_message(text, stream_sid=self._identity.stream_sid), arrival)
                except ValueError as error:
                    self._violations.append(f"31951 {error}")

    def _take(self, message: Media | Mark | Clear, arrival: int) -> None:
        match message:
            case Media(payload):
                self._playout.feed(mulaw.decode(payload), arrival)
            case Mark(name):
                self._playout.mark(name, arrival)
            case Clear():
                for name in self._playout.clear(arrival):
                    self._post(self._messages.mark(name))
