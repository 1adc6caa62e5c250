"""The model's words for a lead-in: clause by clause, in time, and each through the guard."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass

import structlog

from agents.guard import Grounds, refusal, to_the_lead
from agents.speech_text import speakable
from agents.state import ConversationState, Plan
from agents.wording import OPTIONS, WordingPrompt, example_words
from domain.errors import LeadlineError
from domain.events import EventData
from llm.chat import ChatModel
from llm.clauses import ClauseChunker

log = structlog.get_logger(__name__)

_SENTENCE_ENDS = (".", "!")


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


class Words:
    """One request to the model. Runs on its own, so that a reader that stops early can stop it."""

    def __init__(self, worder: Worder, proposal: Proposal) -> None:
        """Ask for the lead-in of `proposal`; must be called on the event loop."""
        self._worder = worder
        self._proposal = proposal
        planned = f"{proposal.plan.line} {speakable(proposal.said)}"
        self._grounds = Grounds(proposal.said, planned, example_words(worder.prompt))
        self._ready: asyncio.Queue[str | None] = asyncio.Queue()
        self._task = asyncio.create_task(self._work())

    async def clauses(self) -> AsyncIterator[str]:
        """Yield the clauses of the model's first sentence; none where it is late, fails or is refused."""
        try:
            while (clause := await self._ready.get()) is not None:
                yield clause
        finally:
            await self.stop()

    async def stop(self) -> None:
        """Cancel the request; the model's slot is free on return. Idempotent."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _work(self) -> None:
        reason: str | None = None
        try:
            async with asyncio.timeout(self._worder.deadline_s) as limit, aclosing(self._sentence()) as clauses:
                async for clause in clauses:
                    reason = refusal(clause, self._grounds)
                    if reason is not None:
                        break
                    self._ready.put_nowait(clause)
                    # What comes next is said while the first clause is heard.
                    limit.reschedule(asyncio.get_running_loop().time() + self._worder.deadline_s)
        except (TimeoutError, LeadlineError) as error:
            reason = str(error) or "late"
        finally:
            self._ready.put_nowait(None)
        if reason is not None:
            log.info("wording_missed", reason=reason, prompt=self._worder.prompt.version)

    async def _sentence(self) -> AsyncGenerator[str, None]:
        """Yield the first sentence, its first clause early and turned from the lead's side to the agent's.

        The rest is not turned: an echo that goes on in the lead's own voice is cut off by the guard.
        """
        assert self._worder.model is not None
        request = self._worder.prompt.request(question=self._proposal.asked, said=self._proposal.said)
        chunker, text = ClauseChunker(), ""
        first = False
        async with aclosing(self._worder.model.stream(request, OPTIONS)) as pieces:
            async for piece in pieces:
                text += piece
                clause = next(iter(chunker.feed(piece)), None) if not first else _sentence_in(text)
                if clause is None:
                    continue
                yield clause if first else to_the_lead(clause)
                if clause.endswith(_SENTENCE_ENDS):
                    return
                first, text = True, text[text.index(clause) + len(clause) :]
        rest = (_sentence_in(f"{text} ") or text).strip().rstrip(",;:—–- ")
        if rest or not first:
            whole = rest if not rest or rest.endswith(_SENTENCE_ENDS) else f"{rest}."
            yield whole if first else to_the_lead(whole)


def _sentence_in(text: str) -> str | None:
    """Return the first whole sentence of `text`."""
    match = re.match(r"\s*(\S.*?[.!])\s", text, re.DOTALL)
    return match.group(1) if match else None
