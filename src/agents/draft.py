"""A reply on its way: the model's words where they come in time and pass the guard, else the vetted line."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from time import perf_counter

import structlog

from agents.guard import Grounds, refusal, to_the_lead
from agents.speech_text import speakable
from agents.state import ConversationState, Plan
from agents.wording import OPTIONS, WordingPrompt, example_words
from domain.errors import LeadlineError
from domain.events import EventData
from domain.turn import DraftTimes, Reply, Wording
from llm.chat import ChatModel, Message
from llm.clauses import ClauseChunker

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Worder:
    """How replies are worded: the model, its prompt, and the seconds within which its first clause must come."""

    model: ChatModel | None
    prompt: WordingPrompt
    deadline_s: float


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a turn came to, without effect yet: the state after it, its events, the plan and the lead's words."""

    state: ConversationState
    plan: Plan
    events: tuple[EventData, ...]
    said: str
    asked: str


Commit = Callable[[Proposal], Awaitable[Proposal]]
"""Lets the effects of a proposal happen; returns another one where the effect was no longer to be had."""


class TurnDraft:
    """Implements `domain.turn.Draft`. A draft that books yields nothing before it is committed."""

    def __init__(self, proposal: Proposal, worder: Worder, commit: Commit) -> None:
        """Answer with `proposal`."""
        self.times = DraftTimes()
        self._proposal = proposal
        self._worder = worder
        self._commit = commit
        self._committing: asyncio.Task[None] | None = None
        self._committed = asyncio.Event()
        self._wording: asyncio.Task[str | None] | None = None
        self._discarded = False
        self._began = perf_counter()

    async def replies(self) -> AsyncIterator[Reply]:
        """Yield the clauses in order; nothing more comes once the draft is discarded."""
        if self._proposal.plan.books is not None:
            await self._committed.wait()
        lead_in = self._proposal.plan.lead_in
        if not self._wants_model():
            for reply in self._spoken(lead_in, "vetted"):
                yield reply
            return
        worded = await self._words_of_the_model()
        if self._discarded and worded is None:
            return
        wording: Wording = "vetted" if worded is None else "model"
        for reply in self._spoken(worded or lead_in, wording, fallback=worded is None):
            yield reply

    async def commit(self) -> None:
        """Let the effects happen, once and to the end, even when the caller is cancelled meanwhile."""
        if self._discarded:
            return
        if self._committing is None:
            self._committing = asyncio.create_task(self._take_effect())
        await asyncio.shield(self._committing)

    async def discard(self) -> None:
        """Stop the model's call; a draft not committed stays without effect."""
        self._discarded = True
        if self._wording is not None:
            self._wording.cancel()
            await asyncio.gather(self._wording, return_exceptions=True)

    async def _take_effect(self) -> None:
        self._proposal = await self._commit(self._proposal)
        self._committed.set()

    def _wants_model(self) -> bool:
        return self._proposal.plan.worded and self._worder.model is not None and not self._discarded

    def _spoken(self, lead_in: str, wording: Wording, *, fallback: bool = False) -> Iterator[Reply]:
        """Yield what comes before the question, and the question, which is always the playbook's."""
        plan = self._proposal.plan
        parts: list[tuple[str, Wording]] = [(lead_in, wording), (plan.question, "vetted")]
        clauses = [(speakable(text), how) for text, how in parts if text]
        for place, (text, how) in enumerate(clauses, 1):
            if self.times.first_clause_ms is None:
                self.times.first_clause_ms = (perf_counter() - self._began) * 1000
            ends_call = plan.ends_call and place == len(clauses)
            yield Reply(text, plan.agent, how, plan.expects, ends_call, fallback)

    async def _words_of_the_model(self) -> str | None:
        self._wording = asyncio.create_task(self._worded(self._proposal.plan))
        try:
            return await self._wording
        except asyncio.CancelledError:
            if self._discarded:
                return None
            raise

    async def _worded(self, plan: Plan) -> str | None:
        """Return the model's words for the lead-in, None when they are late, fail or are refused."""
        request = self._worder.prompt.request(question=self._proposal.asked, said=self._proposal.said)
        try:
            async with asyncio.timeout(self._worder.deadline_s):
                text = await self._first_sentence(request)
        except (TimeoutError, LeadlineError) as error:
            log.info("wording_missed", reason=str(error) or "late", prompt=self._worder.prompt.version)
            return None
        text = to_the_lead(text)
        grounds = Grounds(self._proposal.said, plan.line, example_words(self._worder.prompt))
        reason = refusal(text, grounds)
        if reason is not None:
            log.info("wording_refused", reason=reason, prompt=self._worder.prompt.version)
            return None
        return text

    async def _first_sentence(self, request: list[Message]) -> str:
        assert self._worder.model is not None
        chunker = ClauseChunker()
        said: list[str] = []
        async with aclosing(self._worder.model.stream(request, OPTIONS)) as pieces:
            async for piece in pieces:
                said += chunker.feed(piece)
                if said and said[-1].endswith((".", "!")):
                    break
            else:
                said += chunker.flush()
        text = " ".join(said).strip().rstrip(",;:—–- ")
        return text if not text or text.endswith((".", "!")) else f"{text}."
