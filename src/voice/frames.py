"""Pipecat frames of our own: what the line, the ears and the dialog say to each other."""

from __future__ import annotations

from dataclasses import dataclass

from pipecat.frames.frames import SystemFrame

from domain.ports import Pcm16
from voice.endpointing import Evidence, Signal


@dataclass
class LineAudioFrame(SystemFrame):
    """Audio from the line: int16 at 8 kHz, at the carrier's own time stamp in ms since the stream began."""

    pcm: Pcm16
    at_ms: int


@dataclass
class MarkFrame(SystemFrame):
    """A mark came back: the audio before it has been played or cleared."""

    mark: str


@dataclass
class DigitFrame(SystemFrame):
    """The lead pressed a key."""

    digit: str


@dataclass
class StreamEndedFrame(SystemFrame):
    """The stream is over: `reason` says why, `violation` whether it broke the protocol."""

    reason: str
    violation: bool = False


@dataclass
class LeadSignalFrame(SystemFrame):
    """The lead's turn started, paused, resumed or ended.

    pcm is the turn so far, int16 at 16 kHz; start_ms and end_ms, since the stream began, are its first and last voiced
    moment.
    """

    signal: Signal
    pcm: Pcm16
    start_ms: int
    end_ms: int


@dataclass
class EvidenceFrame(SystemFrame):
    """Goes upstream: what the dialog knows of the present pause."""

    evidence: Evidence | None
