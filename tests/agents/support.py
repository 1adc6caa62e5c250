"""A conversation in text, driven the way a channel drives it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from agents.conversation import Agents, Conversation, Lead
from agents.draft import Worder
from agents.graph import Graph
from agents.playbook import Playbook
from agents.wording import load_prompt
from domain.events import Event
from domain.log import EventLog
from domain.turn import Draft, Reply, Utterance
from llm.chat import ChatModel
from tests.fakes.calendar import MemoryCalendar
from tests.fakes.clock import ManualClock
from tests.fakes.suppressions import MemorySuppressions

NOON_MONDAY = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
"""A Monday, noon at the playbook's place."""
PHONE = "+14155550101"
HERE = "America/Los_Angeles"


@dataclass
class Talk:
    """One conversation; what was said is kept in `lines`, the last replies in `last`."""

    playbook: Playbook
    graph: Graph
    model: ChatModel | None = None
    zone: str = HERE
    name: str | None = "Sam Lee"
    deadline_s: float = 0.5
    call_id: str = "call-1"
    calendar: MemoryCalendar = field(default_factory=MemoryCalendar)
    suppressions: MemorySuppressions = field(default_factory=MemorySuppressions)
    clock: ManualClock = field(default_factory=lambda: ManualClock(NOON_MONDAY))
    last: Sequence[Reply] = ()
    lines: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Build the conversation and its log."""
        self.log = EventLog(self.call_id, self.clock)
        agents = Agents(
            playbook=self.playbook,
            graph=self.graph,
            worder=Worder(self.model, load_prompt(self.playbook), self.deadline_s),
            calendar=self.calendar,
            suppressions=self.suppressions,
            clock=self.clock,
        )
        self.conversation = Conversation(agents, Lead(PHONE, self.zone, self.name), self.log)

    async def begin(self) -> str:
        """Warm up and open; return the first line."""
        await self.conversation.warm()
        return await self._finish(await self.conversation.open())

    async def say(self, text: str, *, heard: str | None = None, source: str = "speech", confidence: float = 1.0) -> str:
        """Let the lead say `text`; `heard` cuts the agent's last reply. Return the answer."""
        if heard is not None:
            self.conversation.heard(heard)
        self.lines.append(("lead", text))
        utterance = Utterance(text, source=source, confidence=confidence, start_ms=4200)  # type: ignore[arg-type]
        return await self._finish(await self.conversation.propose(utterance))

    async def says(self, *texts: str) -> str:
        """Let the lead say one thing after the other; return the last answer."""
        answer = ""
        for text in texts:
            answer = await self.say(text)
        return answer

    async def silent(self) -> str:
        """Let the lead say nothing."""
        return await self.say("", source="silence")

    async def close(self) -> str:
        """Hang up and return the outcome."""
        await self.conversation.close("the stream ended")
        return str(self.events("ended")[-1].data.model_dump()["outcome"])

    def events(self, kind: str) -> list[Event]:
        """Return the events of one type."""
        return [event for event in self.log.events if event.type == kind]

    def slots(self) -> dict[str, str]:
        """Return what was learnt, the last value of each slot."""
        return {event.data.name: event.data.value for event in self.events("slot_filled")}  # type: ignore[union-attr]

    @property
    def ended(self) -> bool:
        """Whether the last reply ends the call."""
        return any(reply.ends_call for reply in self.last)

    async def _finish(self, draft: Draft) -> str:
        await draft.commit()
        self.last = [reply async for reply in draft.replies()]
        answer = " ".join(reply.text for reply in self.last)
        self.lines.append(("agent", answer))
        return answer
