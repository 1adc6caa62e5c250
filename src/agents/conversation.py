"""The one seam between a channel and the agents."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Literal
from zoneinfo import ZoneInfo

import structlog

from agents import scheduler
from agents.draft import Proposal, TurnDraft, Worder
from agents.graph import Graph
from agents.playbook import MOVING, Playbook
from agents.reception import plan_opening
from agents.speech_text import speakable
from agents.state import ConversationState, Review, TurnState
from agents.turn import Turn
from agents.understanding.understand import Understanding
from domain.clock import Clock
from domain.errors import ModelError, StorageFailed
from domain.events import Appointment, Ended, EventData, OptedOut, Scored, Verdict
from domain.log import EventLog
from domain.ports import Calendar, Suppressions
from domain.turn import Draft, Utterance

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Lead:
    """Who is called: `phone` in E.164, `zone` an IANA time zone."""

    phone: str
    zone: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Agents:
    """What all conversations of a playbook share."""

    playbook: Playbook
    graph: Graph
    worder: Worder
    calendar: Calendar
    suppressions: Suppressions
    clock: Clock


class Conversation:
    """Implements `domain.turn.ConversationPort`; one per lead and call."""

    def __init__(self, agents: Agents, lead: Lead, log: EventLog) -> None:
        """Begin an empty conversation; its events go to `log`."""
        self._agents = agents
        self._lead = lead
        self._log = log
        self._state = ConversationState()
        self._heard: str | None = None
        self._taken: frozenset[datetime] = frozenset()
        self._committing = asyncio.Lock()
        self._background: set[asyncio.Task[Review]] = set()
        self.reviewed: Review | None = None

    async def warm(self) -> None:
        """Prefill the model's prompt and look up what is taken; a model that is away costs only its words."""
        await self._look_up_taken()
        model = self._agents.worder.model
        if model is not None:
            try:
                await model.warm(self._agents.worder.prompt.prefix)
            except ModelError:
                return

    async def open(self) -> Draft:
        """Return the draft of the first line."""
        state = self._state.copy()
        plan = plan_opening(state, self._agents.playbook, self._lead.name)
        return self._draft(Proposal(state, plan, (), said="", asked=""))

    async def propose(self, utterance: Utterance) -> Draft:
        """Think about `utterance` without any effect; waits for a commit under way."""
        async with self._committing:
            began = perf_counter()
            turn: TurnState = {
                "utterance": utterance,
                "now": self._agents.clock.now().astimezone(ZoneInfo(self._lead.zone)),
                "memory": self._state,
                "heard": self._heard,
                "taken": self._taken,
            }
        result = await self._agents.graph.ainvoke(turn)
        proposal = Proposal(
            state=result["memory"],
            plan=result["plan"],
            events=tuple(result["events"]),
            said=utterance.text,
            asked=question_heard(self._state.question, self._heard),
        )
        draft = self._draft(proposal)
        draft.times.understand_ms = (perf_counter() - began) * 1000
        return draft

    def heard(self, text: str) -> None:
        """Cut the last reply to what the person heard; only that goes into the model's context."""
        self._heard = text

    async def close(self, reason: str) -> None:
        """Settle the outcome and append the last events. Idempotent."""
        if self._background:
            await asyncio.gather(*self._background)
        reviewed = await self._review()
        otherwise = "interrupted" if self._state.turns else "no_answer"
        if any(event.data == Verdict(label="voicemail") for event in self._log.events):
            otherwise = "voicemail"
        self._log.append(Ended(outcome=reviewed.outcome or otherwise, reason=reason))

    def opening_line(self) -> str:
        """Return the first line as it will be spoken, so that a voice can render it while it rings."""
        plan = plan_opening(self._state.copy(), self._agents.playbook, self._lead.name)
        return speakable(plan.line)

    def _draft(self, proposal: Proposal) -> TurnDraft:
        return TurnDraft(proposal, self._agents.worder, self._commit)

    async def _commit(self, proposal: Proposal) -> Proposal:
        """Let the effects happen: what must not be lost is durable before anything is said."""
        async with self._committing:
            if proposal.plan.opts_out is not None:
                await self._opt_out(proposal.plan.opts_out)
            proposal = await self._with_bookings(proposal)
            self._append(proposal.events)
            self._state, self._heard = proposal.state, None
        self._in_background()
        return proposal

    async def _opt_out(self, quote: str) -> None:
        """Suppress the number; where that fails, the event still does so once storage is back."""
        self._log.append(OptedOut(quote=quote))
        try:
            at = self._agents.clock.now()
            await self._agents.suppressions.add(self._lead.phone, reason="opted out on a call", at=at)
        except StorageFailed as error:
            log.warning("suppression_delayed", reason=str(error))

    async def _with_bookings(self, proposal: Proposal) -> Proposal:
        """Take and give back what the plan says; return another proposal where the slot is gone meanwhile."""
        takes, gives = proposal.plan.books, proposal.plan.releases
        if takes is not None and not await self._agents.calendar.book(takes, conversation_id=self._log.conversation_id):
            self._taken |= {takes.start.astimezone(UTC)}
            return self._replan(proposal)
        if gives is not None:
            await self._agents.calendar.release(gives, conversation_id=self._log.conversation_id)
        changed = takes or gives
        if changed is not None:
            action: Literal["booked", "moved", "cancelled"]
            action = "cancelled" if takes is None else "moved" if gives is not None else "booked"
            zone = self._agents.playbook.calendar.zone
            self._log.append(Appointment(action=action, start=changed.start, zone=zone, place=changed.place))
            proposal.state.booked = takes
        return proposal

    def _replan(self, proposal: Proposal) -> Proposal:
        """Return a proposal that offers other times than the one that is gone."""
        state = proposal.state.copy()
        said = Understanding(proposal.said)
        now = self._agents.clock.now().astimezone(ZoneInfo(self._lead.zone))
        turn = Turn(self._agents.playbook, state, Utterance(proposal.said), said, now, taken=self._taken)
        return replace(proposal, state=state, plan=scheduler.plan_lost_slot(turn))

    def _append(self, events: Iterable[EventData]) -> None:
        for event in events:
            self._log.append(event)

    def _in_background(self) -> None:
        task = asyncio.create_task(self._review())
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _review(self) -> Review:
        """Run analytics on the committed state, off the critical path; a changed score is an event."""
        turn: TurnState = {"memory": self._state, "review": True}
        reviewed: Review = (await self._agents.graph.ainvoke(turn))["reviewed"]
        before = self.reviewed.factors if self.reviewed else None
        if reviewed.factors != before and any(factor.quote for factor in reviewed.factors.values()):
            self._log.append(Scored(score=reviewed.score, factors=dict(reviewed.factors)))
        self.reviewed = reviewed
        return reviewed

    async def _look_up_taken(self) -> None:
        now = self._agents.clock.now()
        spec = self._agents.playbook.calendar
        until = now + timedelta(days=spec.days + 1)
        try:
            self._taken = frozenset(await self._agents.calendar.taken(place=spec.place, after=now, before=until))
        except StorageFailed as error:
            # Booking decides who gets a slot, so a time offered in vain costs only another offer.
            log.warning("calendar_not_read", reason=str(error))


def question_heard(question: str, heard: str | None) -> str:
    """Return the last sentence that the lead heard of a reply that ends in `question`; `heard` None means all."""
    if heard is None:
        return question
    sentences = re.split(r"(?<=[.!?])\s+", heard.strip())
    return sentences[-1]


def standing_lines(playbook: Playbook) -> list[str]:
    """Return the playbook's lines whose words never change, as they are spoken."""
    lines = [line for question in playbook.qualification.questions for line in (question.ask, question.again)]
    lines += [line for spec in playbook.objections.values() for line in (spec.attempt, spec.question) if line]
    lines += [fact.answer for fact in playbook.facts.values()]
    for value in playbook.lines.model_dump().values():
        lines += [value] if isinstance(value, str) else list(value)
    return [speakable(playbook.fill(line)) for line in lines if not any(f"{{{name}}}" in line for name in MOVING)]
