"""Single-use tokens of media streams."""

from __future__ import annotations


class MediaTokens:
    """Each token opens one call's stream once, until it expires. Times are monotonic seconds and come from outside."""

    def __init__(self, *, valid_s: float) -> None:
        """Let tokens live for `valid_s` seconds."""
        self._valid_s = valid_s
        self._open: dict[str, tuple[str, float]] = {}

    def issue(self, token: str, call_id: str, *, now: float) -> None:
        """Let `token` open the stream of `call_id`; expired tokens are dropped."""
        self._open = {key: entry for key, entry in self._open.items() if entry[1] > now}
        self._open[token] = (call_id, now + self._valid_s)

    def token_of(self, call_id: str, *, now: float) -> str | None:
        """Return the token that still opens the stream of `call_id`."""
        entries = self._open.items()
        return next((token for token, (owner, expires) in entries if owner == call_id and expires > now), None)

    def redeem(self, token: str, *, now: float) -> str | None:
        """Return the call that `token` opens and use it up; None when it is unknown, used or expired."""
        call_id, expires = self._open.pop(token, ("", now))
        return call_id if expires > now else None

    def revoke(self, call_id: str) -> None:
        """Drop the tokens of `call_id`."""
        self._open = {key: entry for key, entry in self._open.items() if entry[0] != call_id}
