"""The switchboard: every call from its request to its end."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any

import structlog

from domain.errors import Closed, ModelError, NotFound, TelephonyError
from domain.events import Ended, OptedOut, Placed, Verdict
from domain.log import EventLog
from domain.phone import parse_phone
from domain.ports import OutboundCall
from telephony.calls import CallLimits, CallRequest, LiveCall, SwitchboardParts
from telephony.tokens import MediaTokens

log = structlog.get_logger(__name__)

_UNANSWERED = {
    "no-answer": ("no_answer", "nobody answered"),
    "busy": ("busy", "the line was busy"),
    "failed": ("failed", "the carrier could not connect the call"),
    "canceled": ("failed", "the call was canceled before it was answered"),
}
_LIMIT_GRACE_S = 10.0


class Switchboard:
    """Places calls, hands out their streams once, follows the carrier's word, and lets no call outlive its limit."""

    def __init__(self, parts: SwitchboardParts, limits: CallLimits) -> None:
        """Start with no call."""
        self._parts = parts
        self._limits = limits
        self._tokens = MediaTokens(valid_s=limits.token_s)
        self._live: dict[str, LiveCall] = {}
        self._draining = False
        self._idle = asyncio.Event()
        self._idle.set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def place(self, request: CallRequest) -> str:
        """Place a call and return its id; the same idempotency key gives the same id and dials once.

        Raises:
            InvalidPhone: the number is none.
            Suppressed: it opted out.
            Closed: the process is shutting down.
            TelephonyError: the carrier refused; the call is on record as failed.
        """
        phone = parse_phone(request.to, region=self._limits.region)
        if self._draining:
            raise Closed("the server is shutting down")
        await self._parts.gate.check(phone)
        call_id = self._parts.new_id()
        if request.idempotency_key is not None:
            owner = await self._parts.keys.claim(request.idempotency_key, call_id)
            if owner != call_id:
                return owner
        live = await self._prepare(call_id, phone, request)
        try:
            await self._dial(live, phone)
        except TelephonyError:
            if request.idempotency_key is not None:
                await self._parts.keys.release(request.idempotency_key, call_id)
            raise
        return call_id

    def find(self, call_id: str) -> LiveCall | None:
        """Return a live call."""
        return self._live.get(call_id)

    def token_of(self, call_id: str) -> str | None:
        """Return the token that a call's stream is to be opened with, None once it is used or expired."""
        return self._tokens.token_of(call_id)

    def redeem(self, token: str) -> LiveCall | None:
        """Return the call whose stream `token` opens, once; None when the token is unknown, used or expired."""
        call_id = self._tokens.redeem(token, now=self._parts.clock.monotonic())
        live = self._live.get(call_id) if call_id else None
        if live is not None:
            live.talking = True
        return live

    async def talked(self, live: LiveCall, reason: str) -> None:
        """Take a call back whose stream is over: settle it and make sure that the carrier hangs up."""
        live.talking = False
        await live.conversation.close(reason)
        await self._carrier_hangs_up(live)
        self._forget(live)

    def on_status(self, call_id: str, status: str) -> None:
        """Take the carrier's word on a call; repeated and late ones change nothing."""
        live = self._live.get(call_id)
        if live is None or live.talking:
            return
        if status in _UNANSWERED:
            outcome, reason = _UNANSWERED[status]
            self._end(live, outcome, reason)
        elif status == "completed":
            self._end(live, "failed", "the call ended before its stream began")

    def on_answered_by(self, call_id: str, answered_by: str) -> None:
        """Take the carrier's verdict on who answered."""
        live = self._live.get(call_id)
        if live is None:
            return
        label = "voicemail" if answered_by.startswith("machine") else answered_by
        live.log.append(Verdict(label=label if label in ("human", "voicemail", "fax") else "unknown"))

    async def hang_up(self, call_id: str) -> None:
        """End a live call; one that has ended is no error.

        Raises:
            NotFound: no such live call.
            TelephonyError: the carrier failed.
        """
        live = self._live.get(call_id)
        if live is None:
            raise NotFound(f"no live call {call_id!r}")
        if live.carrier_id is not None:
            await self._parts.carrier.hang_up(live.carrier_id)

    async def opt_out(self, phone: str, *, quote: str) -> None:
        """Obey an opt-out from any channel: the number is suppressed for good, and its live calls end.

        Raises:
            InvalidPhone: the number is none.
        """
        number = parse_phone(phone, region=self._limits.region)
        await self._parts.suppressions.add(number, reason="opted out", at=self._parts.clock.now())
        for live in [live for live in self._live.values() if live.request.to == number]:
            live.log.append(OptedOut(quote=quote))
            await self._carrier_hangs_up(live)

    async def drain(self, limit_s: float) -> None:
        """Take no new calls; let live ones finish within `limit_s` seconds, then end them."""
        self._draining = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limit_s):
                await self._idle.wait()
        for live in list(self._live.values()):
            await self._carrier_hangs_up(live)
            await live.conversation.close("the server stopped")
            self._forget(live)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _prepare(self, call_id: str, phone: str, request: CallRequest) -> LiveCall:
        events = EventLog(call_id, self._parts.clock, self._parts.sinks)
        request = CallRequest(
            to=phone,
            playbook=request.playbook,
            name=request.name,
            timezone=request.timezone,
            address=request.address,
            value=request.value,
            idempotency_key=request.idempotency_key,
        )
        conversation = await self._parts.prepare(request, events)
        events.append(
            Placed(
                to=phone,
                playbook=request.playbook,
                lead_name=request.name,
                timezone=request.timezone,
                address=request.address,
                value=request.value,
            )
        )
        live = LiveCall(call_id, request, events, conversation)
        self._live[call_id] = live
        self._idle.clear()
        return live

    async def _dial(self, live: LiveCall, phone: str) -> None:
        token = self._parts.new_token()
        self._tokens.issue(token, live.call_id, now=self._parts.clock.monotonic())
        self._in_background(self._warm(live))
        self._in_background(self._watch(live))
        call = OutboundCall(live.call_id, phone, self._limits.from_number, token)
        try:
            live.carrier_id = await self._parts.carrier.place(call)
        except TelephonyError as error:
            self._end(live, "failed", f"carrier {error.code}: {error.text}")
            raise

    async def _warm(self, live: LiveCall) -> None:
        try:
            await live.conversation.warm()
        except ModelError as error:
            log.warning("model_not_warm", reason=str(error))

    async def _watch(self, live: LiveCall) -> None:
        """End a call that outlives its limit, whatever else fails."""
        try:
            async with asyncio.timeout(self._limits.ring_timeout_s + self._limits.max_call_s):
                await live.over.wait()
        except TimeoutError:
            log.warning("call_over_limit", call_id=live.call_id)
            await self._carrier_hangs_up(live)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LIMIT_GRACE_S):
                    await live.over.wait()
            self._end(live, "interrupted", "the call reached its limit")

    async def _carrier_hangs_up(self, live: LiveCall) -> None:
        if live.carrier_id is None:
            return
        try:
            await self._parts.carrier.hang_up(live.carrier_id)
        except TelephonyError as error:
            log.warning("hang_up_failed", call_id=live.call_id, reason=str(error))

    def _end(self, live: LiveCall, outcome: str, reason: str) -> None:
        live.log.append(Ended(outcome=outcome, reason=reason))
        self._forget(live)

    def _forget(self, live: LiveCall) -> None:
        live.over.set()
        self._tokens.revoke(live.call_id)
        self._live.pop(live.call_id, None)
        if not self._live:
            self._idle.set()

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
