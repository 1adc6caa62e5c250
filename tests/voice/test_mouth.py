"""The mouth: clauses on the line in order, marks behind them, an account of what was heard."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import numpy as np
import pytest

from domain.errors import ModelUnavailable
from domain.events import AgentSaid
from domain.log import EventLog
from domain.turn import Expects, Reply
from tests.fakes.clock import ManualClock
from tests.fakes.conversation import ScriptedDraft, line
from tests.fakes.line import FakeLine
from tests.fakes.speech import ToneVoice
from voice.ledger import HeardText
from voice.mouth import Mouth, TurnTimes
from voice.recording import Recording
from voice.speaking import Speech


@dataclass
class Desk:
    """A mouth and all around it."""

    clock: ManualClock = field(default_factory=ManualClock)
    line: FakeLine = field(default_factory=FakeLine)
    recording: Recording = field(default_factory=lambda: Recording(limit_ms=60_000))
    settled: list[HeardText] = field(default_factory=list)
    grace_ms: int = 60_000

    def __post_init__(self) -> None:
        """Build the mouth."""
        self.log = EventLog("c1", self.clock)
        self.log.begin_stream()
        self.mouth = Mouth(self.line, self.log, self.recording, mark_grace_ms=self.grace_ms)
        self.mouth.on_settled = self.settled.append

    async def say(self, *replies: Reply, times: TurnTimes | None = None, voice: ToneVoice | None = None) -> None:
        """Say the replies."""
        await self.mouth.say(Speech(ScriptedDraft(replies), voice or ToneVoice()), times or TurnTimes())

    def said(self) -> list[AgentSaid]:
        """Return what was said."""
        return [event.data for event in self.log.events if isinstance(event.data, AgentSaid)]


async def test_clauses_follow_each_other_on_the_line_and_are_settled_by_their_marks() -> None:
    desk = Desk()
    await desk.say(line("Yes."), line("A house."))
    first, second = desk.said()
    assert (first.start_ms, second.start_ms) == (0, pytest.approx(240, abs=45))
    assert desk.line.marks == ["clause-0", "clause-1"]
    assert desk.mouth.busy
    desk.mouth.on_mark("clause-0")
    desk.mouth.on_mark("clause-17")
    assert desk.settled == []
    desk.mouth.on_mark("clause-1")
    assert [(heard.text, heard.interrupted) for heard in desk.settled] == [("Yes. A house.", False)]
    assert not desk.mouth.busy


async def test_the_answers_milliseconds_stand_with_its_first_clause() -> None:
    desk = Desk()
    desk.clock.advance(2.0)
    await desk.say(line("Yes."), line("A house."), times=TurnTimes(1_600, 120.0))
    first, second = desk.said()
    assert (first.latency_ms.total, first.latency_ms.stt) == (400, 120.0)
    assert first.latency_ms.first_audio is not None
    assert second.latency_ms.total is None


async def test_what_the_last_clause_asks_for_is_awaited() -> None:
    desk = Desk()
    await desk.say(line("Fine.", expects=Expects.NOTHING), line("How many?", expects=Expects.NUMBER))
    assert desk.mouth.expects is Expects.NUMBER
    assert not desk.mouth.closing
    await desk.say(line("Bye.", ends_call=True))
    assert desk.mouth.closing


async def test_a_cut_keeps_the_words_played_and_takes_the_rest_from_the_recording() -> None:
    desk = Desk()
    await desk.say(line("One two three four five six seven eight."), line("Nine ten."))
    desk.clock.advance(1.25)
    heard = await desk.mouth.cut()
    assert heard is not None
    assert (heard.text, heard.end_ms, heard.interrupted) == ("One two three four", 1_250, True)
    assert len(desk.recording.stereo()) == 10_000
    assert await desk.mouth.cut() is None
    rest = desk.mouth.rest()
    assert rest is not None
    assert [reply.text async for reply in rest.replies()] == [
        "One two three four five six seven eight.",
        "Nine ten.",
    ]
    assert desk.mouth.rest() is None


async def test_after_a_cut_the_next_reply_plays_at_once() -> None:
    desk = Desk()
    await desk.say(line("A very long sentence that goes on and on."))
    desk.clock.advance(0.5)
    await desk.mouth.cut()
    await desk.say(line("Yes?"))
    assert desk.said()[-1].start_ms == 500


async def test_marks_that_stay_away_settle_the_reply_all_the_same() -> None:
    desk = Desk(grace_ms=1)
    over = asyncio.Event()
    desk.mouth.on_settled = lambda _: over.set()
    desk.clock.advance(10)
    await desk.say(line("Y"))
    desk.clock.advance(10)
    await asyncio.wait_for(over.wait(), 5)
    assert not desk.mouth.busy


async def test_a_clause_whose_voice_gives_nothing_is_not_claimed() -> None:
    desk = Desk()
    await desk.say(line("Unspoken."), voice=ToneVoice(fail_after=0))
    assert desk.said() == []
    assert desk.line.marks == []
    assert [heard.text for heard in desk.settled] == [""]


async def test_a_draft_that_fails_at_once_leaves_the_mouth_free() -> None:
    desk = Desk()
    with pytest.raises(ModelUnavailable):
        await desk.mouth.say(Speech(ScriptedDraft([], fails=True), ToneVoice()), TurnTimes())
    assert not desk.mouth.busy


class BreaksOff(ScriptedDraft):
    """A draft that fails after its clauses."""

    async def replies(self):  # type: ignore[no-untyped-def,override]  # noqa: ANN201
        """Yield the clauses, then fail."""
        async for reply in super().replies():
            yield reply
        raise ModelUnavailable("scripted failure")


async def test_a_draft_that_breaks_off_is_heard_as_far_as_it_came() -> None:
    desk = Desk()
    await desk.mouth.say(Speech(BreaksOff([line("Yes.")]), ToneVoice()), TurnTimes())
    desk.mouth.on_mark("clause-0")
    assert [heard.text for heard in desk.settled] == ["Yes."]


async def test_the_recording_holds_what_was_sent_where_it_plays() -> None:
    desk = Desk()
    desk.clock.advance(1.0)
    await desk.say(line("Yes."))
    agent = desk.recording.stereo()[:, 1]
    assert np.abs(agent[:8_000]).max() == 0
    assert np.abs(agent[8_000:]).max() > 3_000
