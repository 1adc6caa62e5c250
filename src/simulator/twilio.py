"""A Twilio on loopback whose numbers are answered by personas."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import httpx
import numpy as np

from domain.clock import Clock
from domain.errors import NotFound
from domain.phone import parse_phone
from domain.ports import SpeechToText
from simulator.call import Exchange, Pickup, SimulatedCall, Subscriber
from simulator.hearing import Ear, ReadingEar, RecognisingEar
from simulator.line import Impairments, Line, SimulatedLine
from simulator.loopback import LoopbackServer
from simulator.persona import Persona
from simulator.record import CallRecord
from simulator.resource import CallRequest, CallState, RestError
from simulator.rest import Account, rest_app
from simulator.speech import LeadVoice, render_script
from simulator.webhooks import Webhooks

_WEBHOOK_TIMEOUT_S = 15.0

EarFactory = Callable[[str], Ear]
"""Makes the ear of the call with the given CallSid."""


def recognising(recogniser: SpeechToText) -> EarFactory:
    """Let leads hear the agent through `recogniser`."""
    return lambda call_sid: RecognisingEar(recogniser)


def reading(agent_text: Callable[[str], str]) -> EarFactory:
    """Let leads read the agent: `agent_text(call_sid)` is all that it has said so far, and only grows."""
    return lambda call_sid: ReadingEar(lambda: agent_text(call_sid))


@dataclass(frozen=True, slots=True)
class Leads:
    """How leads speak and hear, what their line is like, and where their recordings go (None keeps none)."""

    voice: LeadVoice
    ears: EarFactory
    impairments: Impairments = field(default_factory=Impairments)
    recordings: Path | None = None
    seed: int = 0


class SimulatedTwilio:
    """Serves Twilio's REST interface at `base_url` and plays the calls that it is asked to place.

    A number answers once `expect` has named its persona or `behave` its behaviour; any other number fails.
    """

    def __init__(self, account: Account, leads: Leads, *, clock: Clock, port: int = 0) -> None:
        """Prepare the account's Twilio; `clock` paces the audio and dates the calls."""
        self._account = account
        self._leads = leads
        self._clock = clock
        self._server = LoopbackServer(rest_app(account, self), port=port)
        self._subscribers: dict[str, Subscriber] = {}
        self._refusals: dict[str, RestError] = {}
        self._calls: dict[str, SimulatedCall] = {}
        self._tasks: dict[str, asyncio.Task[CallRecord]] = {}
        self._placed: dict[str, asyncio.Queue[str]] = {}
        self._random = np.random.default_rng(leads.seed)
        self._exchange: Exchange | None = None
        self._stack = AsyncExitStack()

    @property
    def base_url(self) -> str:
        """Where a Twilio client is to be pointed, without a slash at its end."""
        return self._server.url

    @property
    def calls(self) -> Mapping[str, CallState]:
        """Every call so far by its CallSid, oldest first."""
        return {sid: call.state for sid, call in self._calls.items()}

    async def __aenter__(self) -> SimulatedTwilio:
        """Listen on loopback.

        Raises:
            AddressInUse: another process has the port.
        """
        client = httpx.AsyncClient(timeout=_WEBHOOK_TIMEOUT_S, trust_env=False)
        await self._stack.enter_async_context(client)
        await self._stack.enter_async_context(self._server)
        self._exchange = Exchange(
            account_sid=self._account.sid,
            clock=self._clock,
            webhooks=Webhooks(self._account.auth_token, client),
            ears=self._leads.ears,
            lines=self._line,
            recordings=self._leads.recordings,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Drop the calls that still run and stop listening."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        await self._stack.aclose()

    async def expect(self, persona: Persona, *, ring_s: float = 1.0, detection_s: float = 1.0) -> None:
        """Let `persona` answer its number `ring_s` after it rings; renders all that it may say.

        Machine detection, where the call asks for it, says "human" after `detection_s`.

        Raises:
            InvalidFile: an audio file of the persona can't be read.
            MissingPart: the lead's voice isn't installed.
            SpeechError: the lead's voice failed.
        """
        script = await render_script(persona, self._leads.voice)
        self._subscribers[persona.phone] = Subscriber(script, ring_s=ring_s, detection_s=detection_s)

    def behave(self, phone: str, pickup: Pickup, *, ring_s: float = 1.0) -> None:
        """Let `phone` be busy, unanswered or out of order."""
        self._subscribers[parse_phone(phone)] = Subscriber(None, pickup, ring_s=ring_s)

    def refuse(self, phone: str, *, code: int, message: str, status: int = 400) -> None:
        """Refuse calls to `phone` in the REST interface with Twilio's `code`."""
        self._refusals[parse_phone(phone)] = RestError(status, code, message)

    async def next_call(self, phone: str) -> str:
        """Wait until a call to `phone` is placed, each call counting once, and return its CallSid."""
        return await self._arrivals(parse_phone(phone)).get()

    async def finished(self, call_sid: str) -> CallRecord:
        """Wait until a call and its callbacks are over and return its record.

        Raises:
            NotFound: no such call.
        """
        task = self._tasks.get(call_sid)
        if task is None:
            raise NotFound(f"no call {call_sid}")
        return await asyncio.shield(task)

    def press(self, call_sid: str, digits: str) -> None:
        """Let the lead of a running call press keys.

        Raises:
            NotFound: no such call.
        """
        if call_sid not in self._calls:
            raise NotFound(f"no call {call_sid}")
        self._calls[call_sid].press(digits)

    def place(self, request: CallRequest) -> CallState:
        """Queue a call for the REST interface.

        Raises:
            RestError: the number is one to refuse.
        """
        if request.to in self._refusals:
            raise self._refusals[request.to]
        if self._exchange is None:
            raise RestError(503, 20503, "Service unavailable")
        subscriber = self._subscribers.get(request.to, Subscriber(None, Pickup.FAILED))
        call = SimulatedCall(request, subscriber, self._exchange)
        self._calls[call.state.sid] = call
        self._tasks[call.state.sid] = asyncio.create_task(call.run())
        self._arrivals(request.to).put_nowait(call.state.sid)
        return call.state

    def find(self, call_sid: str) -> CallState | None:
        """Return a call for the REST interface."""
        call = self._calls.get(call_sid)
        return call.state if call else None

    def hang_up(self, call_sid: str) -> None:
        """End a call for the REST interface."""
        self._calls[call_sid].hang_up()

    def _arrivals(self, phone: str) -> asyncio.Queue[str]:
        return self._placed.setdefault(phone, asyncio.Queue())

    def _line(self) -> Line:
        return SimulatedLine(self._random.spawn(1)[0], self._leads.impairments)
