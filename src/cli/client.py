"""The REST interface as the command line uses it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
from pydantic import ValidationError

from domain.errors import InvalidInput, LeadlineError, MissingPart, Refused, Suppressed
from domain.events import Event

_POLL_S = 0.2
_START = "start one with: leadline serve"


class ServerClient:
    """Places and follows calls on a running server."""

    def __init__(self, url: str, api_key: str | None = None) -> None:
        """Talk to the server at `url`."""
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._url = url
        self._http = httpx.AsyncClient(base_url=url, headers=headers, timeout=60.0)

    async def __aenter__(self) -> Self:
        """Return the client."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def place(self, to: str, *, lead: dict[str, str], playbook: str | None = None) -> str:
        """Place a call and return its id.

        Raises:
            LeadlineError: the server is away or refuses, with its reason.
        """
        body: dict[str, Any] = {"to": to, "lead": lead, **({"playbook": playbook} if playbook else {})}
        placed = self._object(await self._request("POST", "/calls", body))
        if "call_id" not in placed:
            raise self._foreign()
        return str(placed["call_id"])

    async def events(self, call_id: str) -> list[Event]:
        """Return the call's events so far.

        Raises:
            LeadlineError: the server is away or refuses, with its reason.
        """
        answer = await self._request("GET", f"/calls/{call_id}/events")
        try:
            return [Event.from_json(json.loads(line)) for line in answer.text.splitlines() if line]
        except (ValueError, AttributeError, ValidationError) as error:
            raise self._foreign() from error

    async def download(self, path: str, to: Path) -> None:
        """Fetch `path` into the file `to`."""
        answer = await self._request("GET", path)
        to.parent.mkdir(parents=True, exist_ok=True)
        await asyncio.to_thread(to.write_bytes, answer.content)

    async def follow(self, call_id: str) -> AsyncIterator[Event]:
        """Yield the call's events as they come, until it has ended."""
        seen = 0
        while True:
            events = await self.events(call_id)
            for event in events[seen:]:
                yield event
            seen = len(events)
            if events and events[-1].type == "ended":
                return
            await asyncio.sleep(_POLL_S)

    async def readiness(self) -> dict[str, Any]:
        """Return what `/ready` says."""
        body = self._object(await self._send("GET", "/ready"))
        if "ready" not in body:
            raise self._foreign()
        return body

    async def wait_ready(self, limit_s: float) -> dict[str, Any]:
        """Wait until the server can take calls.

        Raises:
            MissingPart: it isn't ready within `limit_s` seconds; the message names what is missing.
        """
        checks: dict[str, Any] = {}
        try:
            async with asyncio.timeout(limit_s):
                while True:
                    checks = await self.readiness()
                    if checks["ready"]:
                        return checks
                    await asyncio.sleep(_POLL_S)
        except TimeoutError as error:
            waiting = ", ".join(f"{name} {state}" for name, state in checks.get("checks", {}).items() if state != "ok")
            raise MissingPart(f"the server isn't ready: {waiting}", mend="run: leadline doctor") from error

    async def _request(self, method: str, path: str, body: dict[str, Any] | None = None) -> httpx.Response:
        answer = await self._send(method, path, body)
        if answer.is_error:
            raise _refusal(answer)
        return answer

    async def _send(self, method: str, path: str, body: dict[str, Any] | None = None) -> httpx.Response:
        try:
            return await self._http.request(method, path, json=body)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise MissingPart(f"no server answers at {self._url}", mend=_START) from error

    def _object(self, answer: httpx.Response) -> dict[str, Any]:
        found = _json_object(answer)
        if found is None:
            raise self._foreign()
        return found

    def _foreign(self) -> MissingPart:
        return MissingPart(f"what answers at {self._url} is no Leadline server", mend=_START)


def _json_object(answer: httpx.Response) -> dict[str, Any] | None:
    try:
        found = answer.json()
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _refusal(answer: httpx.Response) -> LeadlineError:
    problem = _json_object(answer) or {}
    text = str(problem.get("detail") or problem.get("title") or f"the server answered {answer.status_code}")
    mend = str(problem["mend"]) if problem.get("mend") else None
    if answer.status_code == 409:
        return Suppressed(text) if problem.get("reason") == Suppressed.reason else Refused(text, mend=mend)
    if answer.status_code == 503:
        return MissingPart(text, mend=mend or "run: leadline doctor")
    kind = InvalidInput if answer.status_code in (400, 401, 403, 404, 422) else LeadlineError
    return kind(text, mend=mend)
