"""A reply on its way: the model's words where they come in time and pass the guard, else the vetted line."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from time import perf_counter

from agents.speech_text import speakable
from agents.words import Proposal, Worder, Words
from domain.errors import LeadlineError
from domain.turn import DraftTimes, Reply, Wording

__all__ = ["Commit", "Proposal", "TurnDraft", "Worder"]

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
        self._settled = asyncio.Event()
        self._words: Words | None = None
        self._discarded = False
        self._began = perf_counter()

    async def replies(self) -> AsyncIterator[Reply]:
        """Yield the clauses in order; nothing more comes once the draft is discarded.

        The lead-in is the model's where its first clause comes in time and passes the guard, else the playbook's. Once
        a clause of the model's has been yielded, the rest is the model's or left out. The question is always the
        playbook's.
        """
        if self._proposal.plan.books is not None:
            await self._settled.wait()
        if self._is_dropped():
            return
        plan, worded = self._proposal.plan, False
        if plan.worded and self._worder.model is not None:
            self._words = Words(self._worder, self._proposal)
            async for clause in self._words.clauses():
                worded = True
                yield self._reply(clause, "model")
            if self._is_dropped():
                return
        fallback = self._words is not None and not worded
        if plan.lead_in and not worded:
            yield self._reply(plan.lead_in, "vetted", fallback=fallback, last=not plan.question)
        if plan.question:
            yield self._reply(plan.question, "vetted", fallback=fallback, last=True)

    async def commit(self) -> None:
        """Let the effects happen, once and to the end, even when the caller is cancelled meanwhile."""
        if self._discarded:
            return
        if self._committing is None:
            self._committing = asyncio.create_task(self._take_effect())
            self._committing.add_done_callback(_mark_retrieved)
        await asyncio.shield(self._committing)

    async def discard(self) -> None:
        """Stop the model's call; a draft not committed stays without effect."""
        self._discarded = True
        self._settled.set()
        if self._words is not None:
            await self._words.stop()

    async def _take_effect(self) -> None:
        try:
            self._proposal = await self._commit(self._proposal)
        except LeadlineError:
            self._discarded = True
            raise
        finally:
            self._settled.set()

    def _is_dropped(self) -> bool:
        return self._discarded

    def _reply(self, text: str, wording: Wording, *, fallback: bool = False, last: bool = False) -> Reply:
        if self.times.first_clause_ms is None:
            self.times.first_clause_ms = (perf_counter() - self._began) * 1000
        plan = self._proposal.plan
        return Reply(speakable(text), plan.agent, wording, plan.expects, plan.ends_call and last, fallback)


def _mark_retrieved(task: asyncio.Task[None]) -> None:
    """Keep a failure quiet that nobody waits for any more: its caller was cancelled."""
    if not task.cancelled():
        task.exception()
