"""What the interfaces need of a running server: Protocols, so that they can be served over parts of any make."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from bootstrap.health import Health
from domain.events import Event
from settings.load import Settings
from telephony.calls import LiveCall
from telephony.signatures import SignatureCheck
from telephony.switchboard import Switchboard

if TYPE_CHECKING:
    from starlette.websockets import WebSocket

    from db.repositories import CallRecords


class Runtime(Protocol):
    """The parts that answer requests, once they are warm."""

    @property
    def switchboard(self) -> Switchboard:
        """Places and follows calls."""
        ...

    @property
    def records(self) -> CallRecords:
        """Calls as the rows have them."""
        ...

    @property
    def events(self) -> Callable[[str], Awaitable[Sequence[Event]]]:
        """Reads a call's events, live or past; empty for an unknown id."""
        ...

    @property
    def recording(self) -> Callable[[str], Path]:
        """Tells where a call's recording is kept."""
        ...

    @property
    def talk(self) -> Callable[[WebSocket, LiveCall], Awaitable[None]]:
        """Runs a call's media stream over an accepted WebSocket, to its end."""
        ...


class Application(Protocol):
    """A server's parts behind a process that already answers /health."""

    @property
    def settings(self) -> Settings:
        """The process's settings."""
        ...

    @property
    def health(self) -> Health:
        """The state of each part."""
        ...

    @property
    def public_url(self) -> str:
        """How the carrier reaches us, without a slash at its end."""
        ...

    def listening(self, url: str) -> None:
        """Take note of where the server listens."""
        ...

    def signature_check(self) -> SignatureCheck | None:
        """Return the check of the carrier's webhooks, None while no account is configured."""
        ...

    def start(self) -> None:
        """Begin to build everything in the background; returns at once."""
        ...

    async def runtime(self) -> Runtime:
        """Return the runtime, waiting up to 30 s while it warms.

        Raises:
            MissingPart: it isn't ready in time.
            LeadlineError: a part could not be built.
        """
        ...

    async def drain(self, limit_s: float) -> None:
        """Take no new calls and let live ones finish within `limit_s` seconds. Idempotent."""
        ...

    async def close(self) -> None:
        """Close everything that was opened."""
        ...
