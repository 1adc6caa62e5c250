"""The mouth: plays speech on the line and keeps account of what was heard."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from domain.errors import LeadlineError
from domain.events import AgentSaid, Latency
from domain.log import EventLog
from domain.turn import Expects
from voice.ledger import HeardText, HeardTextLedger
from voice.line import Line
from voice.playout import PlayoutClock
from voice.recording import Recording
from voice.speaking import Replay, Speech, SpokenClause

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class TurnTimes:
    """Where a turn's milliseconds went before the answer; `lead_end_ms` is since the stream began."""

    lead_end_ms: int | None = None
    stt_ms: float | None = None


class Mouth:
    """Says one reply at a time. `on_settled` is called once when a reply has been heard to its end."""

    def __init__(self, line: Line, events: EventLog, recording: Recording, *, mark_grace_ms: int) -> None:
        """Speak on `line`; a mark that is `mark_grace_ms` late counts as returned."""
        self._line = line
        self._events = events
        self._recording = recording
        self._grace_ms = mark_grace_ms
        self._playout = PlayoutClock()
        self._ledger: HeardTextLedger | None = None
        self._rest: tuple[HeardTextLedger, int] | None = None
        self._speech: Speech | None = None
        self._overdue: asyncio.Task[None] | None = None
        self._marks = 0
        self.expects = Expects.OPEN
        self.closing = False
        self.on_settled: Callable[[HeardText], None] = lambda _: None

    @property
    def busy(self) -> bool:
        """Whether a reply is being said or is still in the far end's buffer."""
        return self._ledger is not None

    async def say(self, speech: Speech, times: TurnTimes) -> None:
        """Send `speech`, clause by clause; returns when all has been sent, not heard.

        Raises:
            LeadlineError: the draft failed before it said anything.
        """
        self._rest = None
        self._speech = speech
        self._ledger = ledger = HeardTextLedger()
        try:
            async for clause in speech.clauses():
                await self._send(clause, ledger, times)
                times = TurnTimes()
        except LeadlineError:
            if ledger.empty:
                self._ledger = None
                raise
            log.warning("reply_broken_off")
        ledger.all_sent()
        if ledger.settled:
            self._settle()
        else:
            self._overdue = asyncio.create_task(self._accept_late_marks())

    def on_mark(self, name: str) -> None:
        """Take a mark back."""
        if self._ledger is not None:
            self._ledger.marked(name)
            if self._ledger.settled:
                self._settle()

    async def cut(self) -> HeardText | None:
        """Stop speaking; return what was heard of the reply under way, None when there was none."""
        ledger, self._ledger = self._ledger, None
        if self._overdue is not None:
            self._overdue.cancel()
        if self._speech is not None:
            await self._speech.cancel()
            self._speech = None
        if ledger is None:
            return None
        now = self._events.elapsed_ms()
        self._playout.clear(now_ms=now)
        self._recording.agent_cleared(at_ms=now)
        self._rest = (ledger, now)
        return ledger.cut(now_ms=now)

    def rest(self) -> Replay | None:
        """Return what the last cut broke off, from its clause on; once."""
        cut, self._rest = self._rest, None
        replies = cut[0].unheard(now_ms=cut[1]) if cut else ()
        return Replay(replies) if replies else None

    async def _send(self, clause: SpokenClause, ledger: HeardTextLedger, times: TurnTimes) -> None:
        mark = f"clause-{self._marks}"
        self._marks += 1
        starts_ms: float | None = None
        async for piece in clause.audio():
            at_ms = self._playout.send(len(piece) / 8, now_ms=self._events.elapsed_ms())
            if starts_ms is None:
                starts_ms = at_ms
                ledger.sending(mark, clause.reply, starts_ms=at_ms)
                self._note(clause, times, round(at_ms))
            self._recording.agent(piece, at_ms=at_ms)
            await self._line.send_audio(piece)
            ledger.sent_until(self._playout.ends_ms)
        if starts_ms is None:
            log.warning("clause_without_audio", failed=clause.failed)
            return
        await self._line.send_mark(mark)

    def _note(self, clause: SpokenClause, times: TurnTimes, starts_ms: int) -> None:
        reply = clause.reply
        self.expects = reply.expects
        self.closing = self.closing or reply.ends_call
        latency = Latency()
        if times.lead_end_ms is not None and self._speech is not None:
            spent = self._speech.draft.times
            latency = Latency(
                total=starts_ms - times.lead_end_ms,
                stt=times.stt_ms,
                understand=spent.understand_ms,
                first_clause=spent.first_clause_ms,
                first_audio=clause.first_audio_ms,
            )
        self._events.append(
            AgentSaid(
                agent=reply.agent,
                text=reply.text,
                wording=reply.wording,
                tier=clause.tier,
                start_ms=starts_ms,
                latency_ms=latency,
                fallback=reply.fallback,
            )
        )

    async def _accept_late_marks(self) -> None:
        left_ms = self._playout.ends_ms - self._events.elapsed_ms() + self._grace_ms
        await asyncio.sleep(max(left_ms, 0) / 1000)
        if self._ledger is not None:
            log.warning("marks_missing")
            self._settle()

    def _settle(self) -> None:
        ledger, self._ledger = self._ledger, None
        self._speech = None
        if self._overdue is not None and self._overdue is not asyncio.current_task():
            self._overdue.cancel()
        if ledger is not None:
            self.on_settled(ledger.whole())
