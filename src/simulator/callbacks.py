"""Status and machine-detection callbacks of one call: in order, and never in the way of the call."""

from __future__ import annotations

import asyncio
from datetime import datetime
from types import TracebackType

import httpx

from simulator.resource import CallState
from simulator.webhooks import Webhooks


class Callbacks:
    """Sends a call's callbacks from its own tasks; `drain` waits for those still to be sent."""

    def __init__(self, state: CallState, webhooks: Webhooks) -> None:
        """Report on `state`."""
        self.warnings: list[str] = []
        self._state = state
        self._webhooks = webhooks
        self._sequence = 0
        self._queue: asyncio.Queue[dict[str, str] | None] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Callbacks:
        """Start sending."""
        self._tasks.append(asyncio.create_task(self._send_statuses()))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Drop what is left when the call was cancelled."""
        if kind is not None:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def drain(self) -> None:
        """Wait until every status is sent; a detection that is not yet made is dropped."""
        self._queue.put_nowait(None)
        statuses, *detections = self._tasks
        for task in detections:
            task.cancel()
        await asyncio.gather(*detections, return_exceptions=True)
        await statuses

    def status(self, event: str, at: datetime) -> None:
        """Report `event` (initiated, ringing, answered, completed) where the server asked for it."""
        if event in self._state.request.status_events:
            self._queue.put_nowait(self._state.to_status_form(self._sequence, at))
        self._sequence += 1

    def detection(self, answered_by: str, after_s: float) -> None:
        """Report who answered, `after_s` seconds from now."""
        self._tasks.append(asyncio.create_task(self._detect(answered_by, after_s)))

    async def _detect(self, answered_by: str, after_s: float) -> None:
        await asyncio.sleep(after_s)
        self._state.answered_by = answered_by
        url = self._state.request.amd_callback
        if url is not None:
            form = {
                "CallSid": self._state.sid,
                "AccountSid": self._state.account_sid,
                "AnsweredBy": answered_by,
                "MachineDetectionDuration": str(round(after_s * 1000)),
            }
            await self._send("POST", url, form)

    async def _send_statuses(self) -> None:
        while (form := await self._queue.get()) is not None:
            url = self._state.request.status_callback
            if url is not None:
                await self._send(self._state.request.status_method, url, form)

    async def _send(self, method: str, url: str, form: dict[str, str]) -> None:
        try:
            await self._webhooks.send(method, url, form)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            self.warnings.append(f"11200 {url}: {error}")
