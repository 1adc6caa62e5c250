"""A switchboard over fakes, and what they saw."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from campaigns.gate import Gate
from domain.errors import LeadlineError
from domain.events import Ended, Event
from domain.log import EventLog
from domain.turn import ConversationPort
from telephony.calls import CallLimits, CallRequest, SwitchboardParts
from telephony.switchboard import Switchboard
from tests.fakes.carrier import FakeCarrier
from tests.fakes.clock import ManualClock
from tests.fakes.conversation import ScriptedConversation, line

PHONE = "+14155550199"
FROM = "+14155550100"
LIMITS = CallLimits(from_number=FROM, max_call_s=60, ring_timeout_s=30, token_s=120)


def request(to: str = PHONE, *, key: str | None = None) -> CallRequest:
    return CallRequest(to=to, playbook="real_estate", name="Ann Lee", idempotency_key=key)


class Talk(ScriptedConversation):
    """Settles as "qualified" when its channel closes; `may_close` holds that up."""

    def __init__(self, log: EventLog) -> None:
        super().__init__([line("Hello.")])
        self.may_close = asyncio.Event()
        self.may_close.set()
        self.closing = asyncio.Event()
        self.warm_tried = asyncio.Event()
        self.warm_fails: LeadlineError | None = None
        self._log = log

    async def warm(self) -> None:
        self.warm_tried.set()
        if self.warm_fails:
            raise self.warm_fails
        await super().warm()

    async def close(self, reason: str) -> None:
        self.closing.set()
        await self.may_close.wait()
        await super().close(reason)
        self._log.append(Ended(outcome="qualified", reason=reason))


@dataclass
class MemorySuppressions:
    phones: set[str] = field(default_factory=set)
    fails: LeadlineError | None = None

    async def contains(self, phone: str) -> bool:
        return phone in self.phones

    async def add(self, phone: str, *, reason: str, at: datetime) -> None:
        if self.fails:
            raise self.fails
        self.phones.add(phone)


@dataclass
class MemoryKeys:
    owners: dict[str, str] = field(default_factory=dict)

    async def claim(self, key: str, call_id: str) -> str:
        await asyncio.sleep(0)
        return self.owners.setdefault(key, call_id)

    async def release(self, key: str, call_id: str) -> None:
        if self.owners.get(key) == call_id:
            del self.owners[key]


class Desk:
    """The switchboard with all that it works with."""

    def __init__(self, clock: ManualClock, limits: CallLimits = LIMITS) -> None:
        self.clock = clock
        self.carrier = FakeCarrier()
        self.suppressions = MemorySuppressions()
        self.keys = MemoryKeys()
        self.talks: list[Talk] = []
        self.written: dict[str, list[Event]] = {}
        self.prepare_fails: LeadlineError | None = None
        self.warm_fails: LeadlineError | None = None
        self.meanwhile = asyncio.Event()
        self.meanwhile.set()
        self.preparing = asyncio.Event()
        self.first_ended = asyncio.Event()
        ids = count(1)
        self.switchboard = Switchboard(
            SwitchboardParts(
                carrier=self.carrier,
                gate=Gate(self.suppressions),
                keys=self.keys,
                suppressions=self.suppressions,
                prepare=self._prepare,
                sinks=(self,),
                clock=clock,
                new_id=lambda: f"call-{next(ids)}",
                new_token=lambda: f"token-{next(ids)}",
            ),
            limits,
        )

    def write(self, conversation_id: str, event: Event) -> None:
        self.written.setdefault(conversation_id, []).append(event)
        if isinstance(event.data, Ended):
            self.first_ended.set()

    def types(self, call_id: str) -> list[str]:
        return [event.type for event in self.written[call_id]]

    def ended(self, call_id: str) -> tuple[str, str]:
        """Return outcome and reason of a call that has ended."""
        data = self.written[call_id][-1].data
        assert isinstance(data, Ended)
        return data.outcome, data.reason

    async def _prepare(self, request: CallRequest, log: EventLog) -> ConversationPort:
        self.preparing.set()
        await self.meanwhile.wait()
        if self.prepare_fails:
            raise self.prepare_fails
        talk = Talk(log)
        talk.warm_fails = self.warm_fails
        self.talks.append(talk)
        return talk

    async def talking(self, to: str = PHONE) -> str:
        """Place a call, open its stream and return its id."""
        call_id = await self.switchboard.place(request(to))
        token = self.switchboard.token_of(call_id)
        assert token is not None
        assert self.switchboard.redeem(token) is not None
        return call_id
