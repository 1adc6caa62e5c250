"""Protocols between packages that never import each other. Adapters are built in `bootstrap` alone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from domain.events import Event
from domain.turn import Transcript

Pcm16 = NDArray[np.int16]
"""Mono linear PCM, shape (samples,)."""


class EventSink(Protocol):
    """Takes events off the critical path."""

    def write(self, conversation_id: str, event: Event) -> None:
        """Queue `event`; returns at once and never raises for slow storage."""
        ...


class SpeechToText(Protocol):
    """A recogniser."""

    async def transcribe(self, pcm: Pcm16, *, sample_rate: int = 16_000, language: str | None = None) -> Transcript:
        """Recognise a whole utterance; `language` None means detect.

        Raises:
            SpeechError: the engine failed.
        """
        ...


@dataclass(frozen=True, slots=True)
class SpeechChunk:
    """A piece of synthesised speech."""

    pcm: Pcm16
    sample_rate: int


class TextToSpeech(Protocol):
    """One tier of voice."""

    @property
    def name(self) -> str:
        """The tier's name, as events carry it."""
        ...

    def synthesize(self, text: str) -> AsyncIterator[SpeechChunk]:
        """Stream the speech of one clause, first chunk as early as possible.

        Raises:
            SpeechError: the engine failed; chunks already yielded remain valid.
        """
        ...


@dataclass(frozen=True, slots=True)
class OutboundCall:
    """What the carrier needs to place a call."""

    call_id: str
    to: str
    from_: str
    media_token: str


class Carrier(Protocol):
    """Places and ends calls."""

    async def place(self, call: OutboundCall) -> str:
        """Place the call and return the carrier's id.

        Raises:
            TelephonyError: the carrier refused, with its code and text.
        """
        ...

    async def hang_up(self, carrier_id: str) -> None:
        """End the call; ending an ended call is no error.

        Raises:
            TelephonyError: the carrier failed.
        """
        ...


class Suppressions(Protocol):
    """Numbers that are never dialled again."""

    async def contains(self, phone: str) -> bool:
        """Whether `phone` (E.164) opted out."""
        ...

    async def add(self, phone: str, *, reason: str, at: datetime) -> None:
        """Suppress `phone` for good; durable on return, repeating is no error."""
        ...


@dataclass(frozen=True, slots=True)
class Slot:
    """A bookable time at a place; `start` is aware."""

    start: datetime
    place: str


class Calendar(Protocol):
    """The playbook's bookable times, with what others have already taken."""

    async def taken(self, *, place: str, after: datetime, before: datetime) -> Sequence[datetime]:
        """Return the starts already booked at `place` in the span, in UTC."""
        ...

    async def book(self, slot: Slot, *, conversation_id: str) -> bool:
        """Take `slot`; False when another conversation holds it. Repeating one's own booking is True."""
        ...

    async def release(self, slot: Slot, *, conversation_id: str) -> None:
        """Give back one's own booking; releasing what isn't held is no error."""
        ...


@dataclass(frozen=True, slots=True)
class Evidence:
    """A value of a lead with where it came from; `at_ms` points into the recording."""

    value: str
    quote: str
    confidence: float
    at_ms: int


@dataclass(frozen=True, slots=True)
class LeadRow:
    """A lead's row in the manager's sheet."""

    lead_id: str
    name: str
    phone: str
    status: str
    outcome: str
    score: float | None
    values: dict[str, Evidence]
    appointment: str
    next_step: str
    recording: str
    updated_at: datetime


class LeadSheet(Protocol):
    """The manager's sheet: one row per lead."""

    async def put(self, row: LeadRow) -> None:
        """Write or replace the row of `row.lead_id`; repeating it changes nothing."""
        ...
