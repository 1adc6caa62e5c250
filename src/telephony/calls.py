"""A call while it lives, and what the switchboard needs of others."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from domain.clock import Clock
from domain.log import EventLog
from domain.ports import Carrier, EventSink, Suppressions
from domain.turn import ConversationPort


@dataclass(frozen=True, slots=True)
class CallRequest:
    """Who to call and what is known of them; `to` is any usual form of a phone number."""

    to: str
    playbook: str
    name: str | None = None
    timezone: str | None = None
    address: str | None = None
    value: str | None = None
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """Why we end a call; `outcome` overrules what the conversation would settle on, where it is given."""

    reason: str
    outcome: str | None = None


@dataclass(slots=True)
class LiveCall:
    """A call from its placing to its end.

    talking: its media stream runs, or is being settled. ending: we have decided to end it. over: it is forgotten.
    """

    call_id: str
    request: CallRequest
    log: EventLog
    conversation: ConversationPort
    carrier_id: str | None = None
    talking: bool = False
    ending: Ending | None = None
    over: asyncio.Event = field(default_factory=asyncio.Event)


class Gate(Protocol):
    """Says whether a number may be dialled just now."""

    async def check(self, phone: str) -> None:
        """Return when `phone` (E.164) may be dialled.

        Raises:
            Suppressed: the number opted out.
            Closed: it may not be dialled just now.
        """
        ...


class CallKeys(Protocol):
    """Idempotency keys of calls."""

    async def claim(self, key: str, call_id: str) -> str:
        """Give `key` to `call_id` unless a call owns it; return the id that owns it."""
        ...

    async def release(self, key: str, call_id: str) -> None:
        """Give the key back, as its call was never placed."""
        ...


Prepare = Callable[[CallRequest, EventLog], Awaitable[ConversationPort]]
"""Makes the conversation of a call; its events go to the log."""


@dataclass(frozen=True, slots=True)
class SwitchboardParts:
    """The switchboard's collaborators."""

    carrier: Carrier
    gate: Gate
    keys: CallKeys
    suppressions: Suppressions
    prepare: Prepare
    sinks: Sequence[EventSink]
    clock: Clock
    new_id: Callable[[], str]
    new_token: Callable[[], str]


@dataclass(frozen=True, slots=True)
class CallLimits:
    """Limits of a call, in seconds, and the number that it is placed from.

    settle_s: how long a stream has to settle itself once we have ended its call.
    """

    from_number: str
    max_call_s: float
    ring_timeout_s: float
    token_s: float
    region: str = "US"
    settle_s: float = 5.0
