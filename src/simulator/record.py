"""What is left of a call, as measured on the lead's side."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Speaker = Literal["lead", "agent"]


@dataclass(frozen=True, slots=True)
class HeardTurn:
    """A turn on the line; `start_ms` and `end_ms` are positions in the recording.

    `latency_ms`, of an agent's answer, runs from the sending of the last lead frame above -45 dBFS to the first frame
    above -45 dBFS of the agent. `early` agent turns began before the lead had ended and have no latency. `onsets_ms`
    are the starts of the agent's speech after pauses of 300 ms and more, the first being `start_ms`. `stop_ms`, of a
    lead's turn that cut in, runs from its onset to the last sample of the agent that was played.
    """

    speaker: Speaker
    text: str
    start_ms: int
    end_ms: int
    latency_ms: float | None = None
    early: bool = False
    onsets_ms: tuple[int, ...] = ()
    stop_ms: float | None = None


@dataclass(frozen=True, slots=True)
class PlayedClause:
    """The audio before one of the server's marks; None times where nothing of it was audible."""

    mark: str
    start_ms: float | None
    end_ms: float | None
    cleared: bool


@dataclass(frozen=True, slots=True)
class StreamRecord:
    """A media stream from start to stop. `violations` are messages that Twilio would have refused."""

    stream_sid: str
    custom_parameters: dict[str, str]
    ended_by: Literal["lead", "server", "carrier"]
    duration_ms: int
    turns: tuple[HeardTurn, ...]
    clauses: tuple[PlayedClause, ...]
    violations: tuple[str, ...]
    recording: Path | None


@dataclass(slots=True)
class CallRecord:
    """A call: Twilio's id and last status, the stream where there was one, and what went wrong."""

    call_sid: str
    to: str
    persona: str | None
    status: str
    duration_s: int = 0
    stream: StreamRecord | None = None
    error: str | None = None
    warnings: list[str] = field(default_factory=list)

    @property
    def turns(self) -> tuple[HeardTurn, ...]:
        """The stream's turns in order, none without a stream."""
        return self.stream.turns if self.stream else ()

    @property
    def recording(self) -> Path | None:
        """The stereo recording, where one was asked for."""
        return self.stream.recording if self.stream else None
