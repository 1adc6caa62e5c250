"""Twilio's requests to the server, signed as Twilio signs them."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping

import httpx

_AGENT = {"User-Agent": "TwilioProxy/1.1"}


def signature(auth_token: str, url: str, fields: Mapping[str, str]) -> str:
    """Return X-Twilio-Signature: base64 of HMAC-SHA1 over the URL and the sorted POST fields.

    Source: Twilio, Webhooks Security, "Validating signatures".
    """
    signed = url + "".join(name + fields[name] for name in sorted(fields))
    return base64.b64encode(hmac.new(auth_token.encode(), signed.encode(), hashlib.sha1).digest()).decode("ascii")


class Webhooks:
    """Sends signed requests."""

    def __init__(self, auth_token: str, client: httpx.AsyncClient) -> None:
        """Sign with `auth_token`, send through `client`."""
        self._auth_token = auth_token
        self._client = client

    def stream_headers(self, url: str) -> dict[str, str]:
        """Return the headers of a media stream's handshake."""
        return {"X-Twilio-Signature": signature(self._auth_token, url, {})}

    async def send(self, method: str, url: str, fields: Mapping[str, str]) -> httpx.Response:
        """Send `fields` as a form, or in the query for GET.

        Raises:
            httpx.HTTPError: the server can't be reached, is too slow or answers with an error.
            httpx.InvalidURL: `url` is none.
        """
        if method == "GET":
            full = str(httpx.URL(url).copy_merge_params(dict(fields)))
            headers = {**_AGENT, "X-Twilio-Signature": signature(self._auth_token, full, {})}
            response = await self._client.get(full, headers=headers)
        else:
            headers = {**_AGENT, "X-Twilio-Signature": signature(self._auth_token, url, fields)}
            response = await self._client.post(url, data=dict(fields), headers=headers)
        return response.raise_for_status()
