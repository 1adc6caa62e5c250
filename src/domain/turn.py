"""What passes between a person and the agents: utterances in, reply clauses out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, Protocol

Source = Literal["speech", "dtmf", "silence", "chat"]
Wording = Literal["model", "vetted", "cached", "filler"]


class AgentName(StrEnum):
    """The agents that can speak or work on a turn."""

    CONVERSATION = "conversation"
    QUALIFICATION = "qualification"
    OBJECTION = "objection"
    SCHEDULER = "scheduler"
    ANALYTICS = "analytics"


class Expects(StrEnum):
    """The kind of answer that a reply asks for; turn taking waits longer where answers come in pieces."""

    NOTHING = "nothing"
    YES_NO = "yes_no"
    CHOICE = "choice"
    NUMBER = "number"
    DATE_TIME = "date_time"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Word:
    """A word with its times in milliseconds since the stream began."""

    text: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Utterance:
    """What the person said, typed or keyed in; `text` is empty for silence.

    confidence is 0 to 1, language an ISO 639-1 code, times are milliseconds since the stream began.
    """

    text: str
    source: Source = "speech"
    confidence: float = 1.0
    language: str = "en"
    start_ms: int = 0
    end_ms: int = 0
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """One clause to speak or show.

    `ends_call` asks the channel to hang up once it has been heard. `fallback` tells that a vetted line stands in where
    the model was meant to word it.
    """

    text: str
    agent: AgentName
    wording: Wording
    expects: Expects = Expects.OPEN
    ends_call: bool = False
    fallback: bool = False


@dataclass(slots=True)
class DraftTimes:
    """Milliseconds spent inside `propose`, for traces; `first_clause_ms` is None until a clause came."""

    understand_ms: float = 0.0
    first_clause_ms: float | None = None


class Draft(Protocol):
    """An answer that has had no effect yet: stream its replies, then commit or discard it."""

    times: DraftTimes

    def replies(self) -> AsyncIterator[Reply]:
        """Yield the clauses in order; may be consumed before commit (speech is prepared, not played)."""
        ...

    async def commit(self) -> None:
        """Let the effects happen: state, bookings, events. Idempotent."""
        ...

    async def discard(self) -> None:
        """Drop the draft, stop its model call and free the slot. Idempotent; no effect after commit."""
        ...


class ConversationPort(Protocol):
    """All that a channel knows of the agents."""

    async def warm(self) -> None:
        """Prefill the model's prompt and prepare the opening; called while the phone rings."""
        ...

    async def open(self) -> Draft:
        """Return the draft of the first line."""
        ...

    async def propose(self, utterance: Utterance) -> Draft:
        """Think about `utterance` without any effect."""
        ...

    def heard(self, text: str) -> None:
        """Cut the last committed reply to what the person really heard."""
        ...

    async def close(self, reason: str) -> None:
        """The channel is gone: settle the outcome and append the last events."""
        ...


@dataclass(frozen=True, slots=True)
class Transcript:
    """What a recogniser made of a piece of audio."""

    text: str
    confidence: float
    language: str
    language_probability: float
    no_speech_probability: float
    duration_ms: int
    compute_ms: float
    window_ms: int
    retried: bool = False
    segments: tuple[TranscriptSegment, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class TranscriptSegment:
    """A part of a transcript; times in milliseconds from the start of the audio."""

    text: str
    start_ms: int
    end_ms: int
    confidence: float
