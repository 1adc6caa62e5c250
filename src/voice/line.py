"""The way to the lead, as the dialog sees it."""

from __future__ import annotations

from typing import Protocol

from domain.ports import Pcm16
from voice.endpointing import Evidence


class Line(Protocol):
    """Carries what the agent says; the pipeline implements it."""

    async def send_audio(self, pcm: Pcm16) -> None:
        """Queue int16 at 8 kHz, whole frames of 20 ms."""
        ...

    async def send_mark(self, name: str) -> None:
        """Queue a mark behind the audio queued so far."""
        ...

    async def clear(self) -> None:
        """Drop all audio that has not been played."""
        ...

    async def tell(self, evidence: Evidence) -> None:
        """Give the ears what is known of the present pause."""
        ...

    async def end(self) -> None:
        """End the stream and the call."""
        ...
