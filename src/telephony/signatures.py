"""Whether a webhook comes from Twilio."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from twilio.request_validator import RequestValidator


class SignatureCheck:
    """Checks `X-Twilio-Signature` against the URL that Twilio was given.

    Behind a proxy the request's own host and scheme differ from that URL, so the public one is always taken.
    """

    def __init__(self, auth_token: str) -> None:
        """Check with the account's token."""
        self._validator = RequestValidator(auth_token)

    def valid(self, public_url: str, path: str, body: Mapping[str, str] | str, signature: str) -> bool:
        """Whether `signature` is Twilio's for a POST of `body` to `path` (with its query) under `public_url`.

        The port that `public_url` names or leaves out doesn't count, as Twilio signs either way. `body` is a form,
        which may hold a field twice where it has `getlist`, or the text of a JSON body, whose hash the query names.
        """
        if isinstance(body, str) and "bodySHA256" not in parse_qs(urlsplit(path).query):
            return False
        return bool(self._validator.validate(public_url.rstrip("/") + path, body, signature))
