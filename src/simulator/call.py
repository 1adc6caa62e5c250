"""A call through the simulated Twilio, from the queue to its record."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from random import Random
from uuid import uuid4

import httpx
from websockets.exceptions import WebSocketException

from domain.clock import Clock
from domain.errors import LeadlineError, SpeechError
from simulator.callbacks import Callbacks
from simulator.hearing import Ear, HeardText
from simulator.lead import Lead
from simulator.line import Line
from simulator.messages import StreamIdentity
from simulator.record import CallRecord, StreamRecord
from simulator.resource import CallRequest, CallState
from simulator.speech import Script
from simulator.stream import MediaStream, Phone
from simulator.twiml import StreamVerb, TwimlError, parse_twiml
from simulator.webhooks import Webhooks

_DIALLING_S = 0.05


class Pickup(StrEnum):
    """What happens at a number; the values are Twilio's final statuses, but for an answered call."""

    ANSWERED = "answered"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Who is at a number. `ring_s` runs from ringing to the pick-up; `answered_by` is what machine detection says."""

    script: Script | None
    pickup: Pickup = Pickup.ANSWERED
    ring_s: float = 1.0
    answered_by: str = "human"
    detection_s: float = 1.0


@dataclass(frozen=True, slots=True)
class Exchange:
    """What every call shares."""

    account_sid: str
    clock: Clock
    webhooks: Webhooks
    ears: Callable[[str], Ear]
    lines: Callable[[], Line]
    recordings: Path | None


class SimulatedCall:
    """One call; `run` it to its end."""

    def __init__(self, request: CallRequest, subscriber: Subscriber, exchange: Exchange) -> None:
        """Queue the call that `request` asks for to `subscriber`."""
        now = exchange.clock.now()
        self.state = CallState(f"CA{uuid4().hex}", exchange.account_sid, request, created=now, updated=now)
        self._subscriber = subscriber
        self._exchange = exchange
        self._hung_up = asyncio.Event()
        self._stream: MediaStream | None = None
        self._ear: Ear | None = None
        self._error: str | None = None
        self._callbacks = Callbacks(self.state, exchange.webhooks)

    def hang_up(self) -> None:
        """End the call as the REST interface does; nothing happens to a call that is over."""
        self._hung_up.set()
        if self._stream is not None:
            self._stream.hang_up()

    def press(self, digits: str) -> None:
        """Let the lead press keys; nothing happens without a stream."""
        if self._stream is not None:
            for digit in digits:
                self._stream.press(digit)

    async def run(self) -> CallRecord:
        """Ring, talk, end, and return what is left of the call."""
        async with self._callbacks:
            self._move("initiated")
            self._callbacks.status("initiated", self._now())
            await self._hung_up_within(_DIALLING_S)
            outcome = await self._ring() or await self._talk()
            self._end(outcome)
            stream = await self._stream_record()
            await self._callbacks.drain()
        script = self._subscriber.script
        return CallRecord(
            call_sid=self.state.sid,
            to=self.state.request.to,
            persona=script.persona.name if script else None,
            status=self.state.status,
            duration_s=self.state.duration_s,
            stream=stream,
            error=self._error,
            warnings=self._callbacks.warnings,
        )

    async def _ring(self) -> str | None:
        """Return the final status of a call that nobody took, None for one that was answered."""
        if self._subscriber.pickup is Pickup.FAILED or self._hung_up.is_set():
            return "canceled" if self._hung_up.is_set() else "failed"
        self._move("ringing")
        self._callbacks.status("ringing", self._now())
        timeout_s = self.state.request.timeout_s
        silent = self._subscriber.pickup is Pickup.NO_ANSWER
        ring_s = timeout_s if silent else min(self._subscriber.ring_s, timeout_s)
        if await self._hung_up_within(ring_s):
            return "canceled"
        if self._subscriber.pickup is Pickup.BUSY:
            return "busy"
        return "no-answer" if silent or self._subscriber.ring_s > timeout_s else None

    async def _talk(self) -> str:
        self._move("in-progress")
        self.state.started = self._now()
        self._callbacks.status("answered", self.state.started)
        if self.state.request.detects_machine:
            self._callbacks.detection(self._subscriber.answered_by, self._subscriber.detection_s)
        try:
            verb = await self._fetch_twiml()
            if verb is not None and not self._hung_up.is_set():
                await self._connect(verb)
        except httpx.HTTPError as error:
            self._error = f"11200 {error}"
        except (OSError, WebSocketException) as error:
            self._error = f"31920 stream handshake failed: {error}"
        except (TwimlError, LeadlineError) as error:
            self._error = str(error)
        return "completed"

    async def _fetch_twiml(self) -> StreamVerb | None:
        request = self.state.request
        if request.url is None:
            return parse_twiml(request.twiml or "")
        response = await self._exchange.webhooks.send(request.method, request.url, self.state.to_form())
        return parse_twiml(response.text)

    async def _connect(self, verb: StreamVerb) -> None:
        script = self._subscriber.script
        if script is None:
            raise TwimlError(13224, "nobody is at this number")
        sid = self.state.sid
        identity = StreamIdentity(self.state.account_sid, sid, f"MZ{uuid4().hex}", verb.parameters)
        ear = self._exchange.ears(sid)
        lead = Lead(script, ear, Random(script.persona.name))  # noqa: S311 - a time to think, no secret
        self._stream = MediaStream(identity, Phone(lead, self._exchange.lines()), self._exchange.clock)
        self._ear = ear
        await self._stream.run(
            verb.url, self._exchange.webhooks.stream_headers(verb.url), limit_s=self.state.request.limit_s
        )

    async def _stream_record(self) -> StreamRecord | None:
        if self._stream is None or self._ear is None:
            return None
        folder = self._exchange.recordings
        texts: Sequence[HeardText] = ()
        try:
            texts = await self._ear.finish()
        except SpeechError as error:
            self._error = self._error or str(error)
        finally:
            await self._ear.close()
        return await self._stream.record(texts, folder / f"{self.state.sid}.wav" if folder else None)

    async def _hung_up_within(self, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._hung_up.wait(), seconds)
        return self._hung_up.is_set()

    def _move(self, status: str) -> None:
        self.state.status = status
        self.state.updated = self._now()

    def _end(self, status: str) -> None:
        self._move(status)
        self.state.ended = self.state.updated
        self._callbacks.status("completed", self.state.ended)

    def _now(self) -> datetime:
        return self._exchange.clock.now()
