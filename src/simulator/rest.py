"""The part of Twilio's REST interface that places and ends calls."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator.resource import API_VERSION, CallRequest, CallState, RestError

_CALLS = f"/{API_VERSION}/Accounts/{{account_sid}}/Calls"
_ENDINGS = ("completed", "canceled")
_UNANSWERED = ("queued", "initiated", "ringing")


@dataclass(frozen=True, slots=True)
class Account:
    """A Twilio account as its console shows it."""

    sid: str
    auth_token: str


class Switchboard(Protocol):
    """Where the REST interface places and finds calls."""

    def place(self, request: CallRequest) -> CallState:
        """Queue a call.

        Raises:
            RestError: the call is refused.
        """
        ...

    def find(self, call_sid: str) -> CallState | None:
        """Return the call of that id."""
        ...

    def hang_up(self, call_sid: str) -> None:
        """End the call of that id."""
        ...


def rest_app(account: Account, switchboard: Switchboard) -> Starlette:
    """Return the application; every request needs the account's basic auth."""

    async def create(request: Request) -> Response:
        call = CallRequest.parse(await _form(request))
        return JSONResponse(switchboard.place(call).to_json(), status_code=201)

    async def fetch(request: Request) -> Response:
        return JSONResponse(_found(switchboard, request).to_json())

    async def update(request: Request) -> Response:
        state = _found(switchboard, request)
        status = (await _form(request)).get("Status", [""])[0]
        if status not in _ENDINGS:
            raise RestError(400, 20001, f"Status {status!r} is not supported")
        if status == "completed" or state.status in _UNANSWERED:
            switchboard.hang_up(state.sid)
        return JSONResponse(state.to_json())

    one_call = f"{_CALLS}/{{call_sid}}.json"
    routes = [
        Route(f"{_CALLS}.json", _guarded(account, create), methods=["POST"]),
        Route(one_call, _guarded(account, fetch), methods=["GET"]),
        Route(one_call, _guarded(account, update), methods=["POST"]),
    ]
    return Starlette(routes=routes)


def _guarded(
    account: Account, endpoint: Callable[[Request], Awaitable[Response]]
) -> Callable[[Request], Awaitable[Response]]:
    async def checked(request: Request) -> Response:
        try:
            _authenticate(account, request)
            return await endpoint(request)
        except RestError as error:
            return JSONResponse(error.to_json(), status_code=error.status)

    return checked


def _authenticate(account: Account, request: Request) -> None:
    expected = base64.b64encode(f"{account.sid}:{account.auth_token}".encode()).decode("ascii")
    given = request.headers.get("Authorization", "")
    right = hmac.compare_digest(given.encode(), f"Basic {expected}".encode())
    if not right or request.path_params["account_sid"] != account.sid:
        raise RestError(401, 20003, "Authenticate")


def _found(switchboard: Switchboard, request: Request) -> CallState:
    state = switchboard.find(request.path_params["call_sid"])
    if state is None:
        raise RestError(404, 20404, f"The requested resource {request.url.path} was not found")
    return state


async def _form(request: Request) -> dict[str, list[str]]:
    return parse_qs((await request.body()).decode("utf-8"), keep_blank_values=True)
