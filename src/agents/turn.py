"""One turn as the agents see it: the playbook, what was said, and the state they may change."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from agents.calendar import free_slots
from agents.playbook import Playbook
from agents.state import ConversationState
from agents.understanding.intents import Intent
from agents.understanding.understand import Understanding
from domain.events import EventData
from domain.ports import Slot
from domain.turn import Expects, Utterance

_TAIL_WORDS = 3


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What goes before a question; `worded` lets the model fit it to the lead's words."""

    text: str
    worded: bool = False


NONE = Acknowledgement("")


@dataclass(slots=True)
class Turn:
    """What an agent decides on. `now` is aware, in the lead's zone; `state` is a copy that may be changed."""

    playbook: Playbook
    state: ConversationState
    utterance: Utterance
    said: Understanding
    now: datetime
    heard: str | None = None
    taken: frozenset[datetime] = frozenset()
    events: list[EventData] = field(default_factory=list)
    _free: tuple[Slot, ...] | None = field(default=None, init=False)

    @property
    def place_now(self) -> datetime:
        """The time at the place of the appointments."""
        return self.now.astimezone(ZoneInfo(self.playbook.calendar.zone))

    @property
    def question_heard(self) -> bool:
        """Whether the lead heard the open question to its end."""
        return self.was_heard(" ".join(self.state.question.split()[-_TAIL_WORDS:]))

    def was_heard(self, words: str) -> bool:
        """Whether the lead heard `words` of the last reply."""
        return self.heard is None or _plain(words) in _plain(self.heard)

    def slots(self) -> Sequence[Slot]:
        """Return the free slots."""
        if self._free is None:
            self._free = tuple(free_slots(self.playbook.calendar, self.now, self.taken))
        return self._free

    @property
    def asks_to_book(self) -> bool:
        """Whether the lead asks for what leads to the calendar at once."""
        request = self.said.request
        return request is not None and self.playbook.requests[request].books

    def acknowledgement(self) -> Acknowledgement:
        """Return what goes before the next question.

        That is the answer where the lead asked something along the way, else a short line, another one each turn. To
        say back that somebody doesn't know would be rude, so the model doesn't word that.
        """
        if self.said.fact is not None:
            return Acknowledgement(self.playbook.fill(self.playbook.facts[self.said.fact].answer))
        lines = self.playbook.lines
        unsure = self.said.has(Intent.UNSURE) and not self.said.slots
        unanswered = self.state.asked in self.playbook.slots and not self.said.agrees
        if self.said.slots:
            choice = lines.acknowledgements
        elif unsure or unanswered:
            choice = lines.reassurances
        else:
            choice = lines.agreements
        return Acknowledgement(choice[self.state.turns % len(choice)], worded=not unsure)

    def ask(self, about: str, question: str, expects: Expects) -> None:
        """Remember the question that the reply ends in."""
        self.state.asked, self.state.question, self.state.expects = about, question, expects


def leave(state: ConversationState, closing: str) -> None:
    """Note that `closing` ends the call: no question is open any more."""
    state.asked, state.question, state.expects, state.closing = None, "", Expects.NOTHING, closing


def last_question(line: str) -> str:
    """Return the last sentence of `line` where it is a question."""
    sentence = re.split(r"(?<=[.!?])\s+", line.strip())[-1]
    return sentence if sentence.endswith("?") else ""


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().lower()
