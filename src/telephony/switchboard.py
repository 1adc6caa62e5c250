"""The switchboard: every call from its request to its end."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine, Sequence
from dataclasses import replace
from typing import Any

import structlog

from domain.errors import Closed, DialUncertain, ModelError, NotFound, TelephonyError
from domain.events import Ended, OptedOut, Placed, Verdict
from domain.log import EventLog
from domain.phone import parse_phone
from domain.ports import OutboundCall
from telephony.calls import CallLimits, CallRequest, Ending, LiveCall, SwitchboardParts
from telephony.statuses import unanswered, verdict_label
from telephony.tokens import MediaTokens

log = structlog.get_logger(__name__)


class Switchboard:
    """Places calls, hands out their streams once, follows the carrier's word, and lets no call outlive its limit."""

    def __init__(self, parts: SwitchboardParts, limits: CallLimits) -> None:
        """Start with no call."""
        self._parts = parts
        self._limits = limits
        self._tokens = MediaTokens(valid_s=limits.token_s)
        self._live: dict[str, LiveCall] = {}
        self._placing: dict[str, asyncio.Task[str]] = {}
        self._draining = False
        self._idle = asyncio.Event()
        self._idle.set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def place(self, request: CallRequest) -> str:
        """Place a call and return its id; the same idempotency key gives the same id and dials once.

        A caller that goes away does not stop a call that is being placed.

        Raises:
            InvalidPhone: the number is none.
            Suppressed: it opted out.
            Closed: the process is shutting down.
            DialUncertain: the carrier may have taken the call; its key stays with it, so it isn't dialled again.
            TelephonyError: the carrier refused; the call is on record as failed.
        """
        request = replace(request, to=parse_phone(request.to, region=self._limits.region))
        if self._draining:
            raise Closed("the server is shutting down")
        call_id = self._parts.new_id()
        key = call_id if request.idempotency_key is None else f"key {request.idempotency_key}"
        placing = self._placing.get(key)
        if placing is None:
            placing = self._placing[key] = asyncio.create_task(self._place(call_id, request))
            placing.add_done_callback(lambda _: self._placing.pop(key))
        return await asyncio.shield(placing)

    def find(self, call_id: str) -> LiveCall | None:
        """Return a live call."""
        return self._live.get(call_id)

    def live(self) -> Sequence[LiveCall]:
        """Return all live calls, oldest first."""
        return list(self._live.values())

    def token_of(self, call_id: str) -> str | None:
        """Return the token that a call's stream is to be opened with, None once it is used or expired."""
        return self._tokens.token_of(call_id, now=self._parts.clock.monotonic())

    def redeem(self, token: str) -> LiveCall | None:
        """Return the call whose stream `token` opens, once; None when the token is unknown, used or expired."""
        call_id = self._tokens.redeem(token, now=self._parts.clock.monotonic())
        live = self._live.get(call_id) if call_id else None
        if live is not None:
            live.talking = True
        return live

    async def talked(self, live: LiveCall, reason: str) -> None:
        """Take a call back whose stream is over: settle it and make sure that the carrier hangs up."""
        if live.over.is_set():
            return
        ending = live.ending
        if ending is not None and ending.outcome is not None:
            live.log.append(Ended(outcome=ending.outcome, reason=ending.reason))
        words = ending.reason if ending is not None else reason
        try:
            await asyncio.gather(self._carrier_hangs_up(live), live.conversation.close(words))
        finally:
            self._end(live, "interrupted", words)

    def on_status(self, call_id: str, status: str, *, detail: str = "") -> None:
        """Take the carrier's word on a call; repeated and late ones change nothing. `detail` joins the reason."""
        live = self._live.get(call_id)
        if live is None:
            return
        outcome = unanswered(status, machine=_verdict_of(live) == "voicemail")
        if outcome is None:
            return
        if live.talking:
            self._in_background(self._settle(live, "the carrier ended the call"))
        elif live.ending is not None:
            self._end(live, live.ending.outcome or "interrupted", live.ending.reason)
        else:
            self._end(live, outcome.outcome, f"{outcome.reason}: {detail}" if detail else outcome.reason)

    def on_answered_by(self, call_id: str, answered_by: str) -> None:
        """Take the carrier's verdict on who answered; only the first one counts."""
        live = self._live.get(call_id)
        if live is not None and _verdict_of(live) is None:
            live.log.append(Verdict(label=verdict_label(answered_by)))

    async def hang_up(self, call_id: str) -> None:
        """End a live call; one that is being dialled ends as soon as the carrier knows it.

        Raises:
            NotFound: no such live call.
            TelephonyError: the carrier failed.
        """
        live = self._live.get(call_id)
        if live is None:
            raise NotFound(f"no live call {call_id!r}")
        live.ending = live.ending or Ending("hung up on request")
        if live.carrier_id is not None:
            await self._parts.carrier.hang_up(live.carrier_id)

    async def opt_out(self, phone: str, *, quote: str) -> None:
        """Obey an opt-out from any channel: the number is suppressed for good, and its live calls end.

        Raises:
            InvalidPhone: the number is none.
            StorageFailed: the list can't be written; the number is suppressed in this process all the same.
        """
        number = parse_phone(phone, region=self._limits.region)
        try:
            await self._parts.suppressions.add(number, reason="opted out", at=self._parts.clock.now())
        finally:
            calls = [live for live in self.live() if live.request.to == number]
            for live in calls:
                live.log.append(OptedOut(quote=quote))
                live.ending = Ending("the number opted out", outcome="opted_out")
            await asyncio.gather(*(self._carrier_hangs_up(live) for live in calls))
            for live in calls:
                # A carrier that fails to hang up must not let the agent talk on.
                if live.talking:
                    self._in_background(self._settle(live, "the number opted out"))

    async def drain(self, limit_s: float) -> None:
        """Take no new calls; let live ones finish within `limit_s` seconds, then end them. Idempotent."""
        self._draining = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limit_s):
                await self._idle.wait()
        await asyncio.gather(*(self._cut_off(live, "the server stopped") for live in self.live()))
        await asyncio.gather(*self._placing.values(), return_exceptions=True)
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _place(self, call_id: str, request: CallRequest) -> str:
        async with contextlib.AsyncExitStack() as undo:
            key = request.idempotency_key
            if key is not None:
                owner = await self._parts.keys.claim(key, call_id)
                if owner != call_id:
                    return owner
                undo.push_async_callback(self._parts.keys.release, key, call_id)
            live = await self._prepare(call_id, request)
            undo.callback(self._end, live, "failed", "the call could not be placed")
            try:
                await self._dial(live)
            except DialUncertain:
                undo.pop_all()
                raise
            undo.pop_all()
        return call_id

    async def _prepare(self, call_id: str, request: CallRequest) -> LiveCall:
        """Make the call live; the last look at the gate comes after all else that takes time."""
        await self._parts.gate.check(request.to)
        events = EventLog(call_id, self._parts.clock, self._parts.sinks)
        conversation = await self._parts.prepare(request, events)
        await self._parts.gate.check(request.to)
        if self._draining:
            raise Closed("the server is shutting down")
        events.append(
            Placed(
                to=request.to,
                playbook=request.playbook,
                lead_name=request.name,
                timezone=request.timezone,
                address=request.address,
                value=request.value,
            )
        )
        live = self._live[call_id] = LiveCall(call_id, request, events, conversation)
        self._idle.clear()
        return live

    async def _dial(self, live: LiveCall) -> None:
        token = self._parts.new_token()
        self._tokens.issue(token, live.call_id, now=self._parts.clock.monotonic())
        self._in_background(self._warm(live))
        self._in_background(self._watch(live))
        call = OutboundCall(live.call_id, live.request.to, self._limits.from_number, token)
        try:
            live.carrier_id = await self._parts.carrier.place(call)
        except TelephonyError as error:
            self._end(live, "failed", f"carrier {error.code}: {error.text}")
            raise
        if live.ending is not None:
            await self._carrier_hangs_up(live)

    async def _warm(self, live: LiveCall) -> None:
        try:
            await live.conversation.warm()
        except ModelError as error:
            log.warning("model_not_warm", call_id=live.call_id, reason=str(error))

    async def _watch(self, live: LiveCall) -> None:
        """End a call that outlives its limit, whatever else fails."""
        try:
            async with asyncio.timeout(self._limits.ring_timeout_s + self._limits.max_call_s):
                await live.over.wait()
        except TimeoutError:
            log.warning("call_over_limit", call_id=live.call_id)
            await self._cut_off(live, "the call reached its limit")

    async def _cut_off(self, live: LiveCall, reason: str) -> None:
        """End a call; its stream, where there is one, has `settle_s` to settle itself first."""
        live.ending = live.ending or Ending(reason)
        await self._carrier_hangs_up(live)
        if not live.talking:
            self._end(live, live.ending.outcome or "interrupted", live.ending.reason)
            return
        await self._settle(live, reason)

    async def _settle(self, live: LiveCall, reason: str) -> None:
        """Give a stream `settle_s` to settle itself, then do it in its place."""
        try:
            async with asyncio.timeout(self._limits.settle_s):
                await live.over.wait()
        except TimeoutError:
            await self.talked(live, reason)

    async def _carrier_hangs_up(self, live: LiveCall) -> None:
        if live.carrier_id is None:
            return
        try:
            await self._parts.carrier.hang_up(live.carrier_id)
        except TelephonyError as error:
            log.warning("hang_up_failed", call_id=live.call_id, reason=str(error))

    def _end(self, live: LiveCall, outcome: str, reason: str) -> None:
        """Forget a call; its log ends with `outcome` unless it has ended already."""
        live.log.append(Ended(outcome=outcome, reason=reason))
        live.over.set()
        self._tokens.revoke(live.call_id)
        self._live.pop(live.call_id, None)
        if not self._live:
            self._idle.set()

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _verdict_of(live: LiveCall) -> str | None:
    return next((event.data.label for event in live.log.events if isinstance(event.data, Verdict)), None)
