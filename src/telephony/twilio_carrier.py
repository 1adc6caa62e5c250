"""The carrier behind Twilio's REST API."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client
from urllib3.exceptions import NewConnectionError

from domain.errors import DialUncertain, TelephonyError
from domain.ports import OutboundCall

_TIMEOUT_S = 10.0
_STATUS_EVENTS = ["initiated", "ringing", "answered", "completed"]
_SERVER_ERROR = 500
_CALL_SID = re.compile(r"CA[0-9a-f]{32}")
# Twilio, error and warning dictionary: no such call; the call is over or in no state to be ended.
_OVER = ("20404", "21220")


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """The account, and the host to talk to in Twilio's place, where one is given."""

    sid: str
    auth_token: str
    base_url: str | None = None


class TwilioCarrier:
    """Places and ends calls through the twilio library, which blocks and so runs in threads."""

    def __init__(
        self, account: TwilioAccount, public_url: Callable[[], str], *, ring_timeout_s: int, limit_s: float
    ) -> None:
        """`public_url` tells where Twilio reaches us, known once the server listens."""
        self._client = Client(account.sid, account.auth_token, http_client=_Redirected(account.base_url))
        self._public_url = public_url
        self._ring_timeout_s = ring_timeout_s
        self._limit_s = limit_s

    async def place(self, call: OutboundCall) -> str:
        """Place the call with asynchronous machine detection and return Twilio's CallSid.

        Raises:
            DialUncertain: Twilio's answer is missing or unreadable, so the phone may ring.
            TelephonyError: Twilio refused, with its code and text, or can't be reached.
        """
        carrier_id = await self._run(lambda: self._create(call))
        if not _CALL_SID.fullmatch(carrier_id):
            raise DialUncertain("unreadable", "Twilio's answer names no call")
        return carrier_id

    async def hang_up(self, carrier_id: str) -> None:
        """End the call; ending an ended call is no error.

        Raises:
            TelephonyError: Twilio failed.
        """
        try:
            await self._run(lambda: self._complete(carrier_id))
        except TelephonyError as error:
            if error.code not in _OVER:
                raise

    def _create(self, call: OutboundCall) -> str:
        def webhook(name: str) -> str:
            return f"{self._public_url()}/twilio/{name}?call_id={quote(call.call_id)}"

        created = self._client.calls.create(
            to=call.to,
            from_=call.from_,
            url=webhook("voice"),
            method="POST",
            status_callback=webhook("status"),
            status_callback_method="POST",
            status_callback_event=_STATUS_EVENTS,
            machine_detection="Enable",
            async_amd="true",
            async_amd_status_callback=webhook("amd"),
            async_amd_status_callback_method="POST",
            timeout=self._ring_timeout_s,
            time_limit=round(self._limit_s),
        )
        return str(created.sid)

    def _complete(self, carrier_id: str) -> str:
        return str(self._client.calls(carrier_id).update(status="completed").sid)

    async def _run(self, work: Callable[[], str]) -> str:
        try:
            return await asyncio.to_thread(work)
        except (TwilioRestException, TwilioServiceException) as error:
            kind = DialUncertain if error.status >= _SERVER_ERROR else TelephonyError
            raise kind(str(error.code or error.status), _text_of(error)) from error
        except requests.RequestException as error:
            kind = TelephonyError if _never_sent(error) else DialUncertain
            raise kind("unreachable", str(error)) from error
        except TwilioException as error:
            raise TelephonyError("unreachable", str(error)) from error
        except ValueError as error:  # the library reads JSON from whatever comes
            raise DialUncertain("unreadable", "Twilio's answer is not JSON") from error


def _text_of(error: TwilioRestException | TwilioServiceException) -> str:
    if isinstance(error, TwilioServiceException):
        return str(error.detail or error.title)
    return str(error.msg)


def _never_sent(error: requests.RequestException) -> bool:
    """Whether the request surely didn't reach Twilio, as no connection came about."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    return isinstance(getattr(cause, "reason", None), NewConnectionError)


class _Redirected:
    """Twilio's HTTP client with another host in place of api.twilio.com; says nothing of requests in the log."""

    is_async = False

    def __init__(self, base_url: str | None) -> None:
        quiet = logging.getLogger("twilio.http_client")
        quiet.setLevel(logging.WARNING)
        self._client = TwilioHttpClient(timeout=_TIMEOUT_S, logger=quiet)
        self._target = urlsplit(base_url) if base_url else None

    def request(self, method: str, url: str, *args: object, **kwargs: object) -> Response:
        if self._target is not None:
            parts = urlsplit(url)
            url = urlunsplit((self._target.scheme, self._target.netloc, parts.path, parts.query, ""))
        return self._client.request(method, url, *args, **kwargs)
