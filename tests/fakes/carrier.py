"""A carrier without a network."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from domain.errors import LeadlineError, TelephonyError
from domain.ports import OutboundCall


@dataclass
class FakeCarrier:
    """Implements `domain.ports.Carrier`: takes every call but those to numbers in `refusals`.

    gate: placing waits until it is set. dialling: set once the first call is being placed. fails: hanging up raises it.
    """

    refusals: dict[str, LeadlineError] = field(default_factory=dict)
    gate: asyncio.Event | None = None
    fails: TelephonyError | None = None
    placed: list[OutboundCall] = field(default_factory=list)
    hung_up: list[str] = field(default_factory=list)
    dialling: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def place(self, call: OutboundCall) -> str:
        """Keep the call and return its id at this carrier.

        Raises:
            TelephonyError: the number is one to refuse.
        """
        self.dialling.set()
        if self.gate is not None:
            await self.gate.wait()
        if call.to in self.refusals:
            raise self.refusals[call.to]
        self.placed.append(call)
        return f"CA{len(self.placed):032d}"

    async def hang_up(self, carrier_id: str) -> None:
        """Keep the id.

        Raises:
            TelephonyError: this carrier fails.
        """
        if self.fails is not None:
            raise self.fails
        self.hung_up.append(carrier_id)
        self.ended.set()
