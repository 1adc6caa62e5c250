"""Turns and their latencies from what was sent and what was played; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from simulator.hearing import HeardText
from simulator.playout import PlayedFrame, PlayedMark
from simulator.record import HeardTurn, PlayedClause
from simulator.sound import FRAME_MS, SAMPLES_PER_MS

PAUSE_MS = 300
"""Silence of the agent that parts its speech."""

TURN_GAP_MS = 1_500
"""Silence of the agent that parts its turns where the lead says nothing."""


@dataclass(frozen=True, slots=True)
class SentLine:
    """A line of the lead as sent: the span of its frames above -45 dBFS, and when the last of them was sent."""

    text: str
    start_ms: float
    end_ms: float
    sent_ms: float


class SentLines:
    """Collects the frames of the lead's lines as they are sent."""

    def __init__(self) -> None:
        """Start without lines."""
        self._lines: dict[int, SentLine] = {}

    def sent(self, line: int, text: str, *, frame_start_ms: float, sent_ms: float) -> None:
        """Note that an audible frame of `line` was sent; times count from the stream's start."""
        end_ms = frame_start_ms + FRAME_MS
        known = self._lines.get(line)
        start_ms = known.start_ms if known else frame_start_ms
        self._lines[line] = SentLine(text, start_ms, end_ms, sent_ms)

    def all(self) -> list[SentLine]:
        """Return the lines in order."""
        return [self._lines[index] for index in sorted(self._lines)]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the agent's speech in milliseconds since the stream began."""

    start_ms: float
    end_ms: float


def speech_spans(frames: Sequence[PlayedFrame], *, played_to: int) -> list[Span]:
    """Join the audible frames that were played up to sample `played_to`, bridging pauses under 300 ms."""
    spans: list[Span] = []
    for frame in frames:
        if not frame.audible or frame.start >= played_to:
            continue
        start_ms, end_ms = frame.start / SAMPLES_PER_MS, min(frame.end, played_to) / SAMPLES_PER_MS
        if spans and start_ms - spans[-1].end_ms < PAUSE_MS:
            spans[-1] = Span(spans[-1].start_ms, end_ms)
        else:
            spans.append(Span(start_ms, end_ms))
    return spans


def heard_turns(lines: Sequence[SentLine], spans: Sequence[Span], texts: Sequence[HeardText]) -> tuple[HeardTurn, ...]:
    """Return the turns of both sides by their start."""
    agent = _agent_turns(lines, spans)
    by_turn: list[list[str]] = [[] for _ in agent]
    for piece in texts:
        overlaps = [_overlap(piece, turn) for turn in agent]
        if overlaps and max(overlaps) > 0:
            by_turn[overlaps.index(max(overlaps))].append(piece.text)
    worded = [replace(turn, text=" ".join(words)) for turn, words in zip(agent, by_turn, strict=True)]
    lead = [_lead_turn(line, spans) for line in lines]
    return tuple(sorted([*lead, *worded], key=lambda turn: turn.start_ms))


def played_clauses(marks: Sequence[PlayedMark], frames: Sequence[PlayedFrame]) -> tuple[PlayedClause, ...]:
    """Return for each mark the audible span of the audio before it and behind the mark before."""
    clauses = []
    since = 0
    for mark in marks:
        own = [frame for frame in frames if frame.audible and since <= frame.start < mark.returned]
        start_ms = own[0].start / SAMPLES_PER_MS if own else None
        end_ms = own[-1].end / SAMPLES_PER_MS if own else None
        clauses.append(PlayedClause(mark.name, start_ms, end_ms, mark.cleared))
        since = mark.returned
    return tuple(clauses)


def _agent_turns(lines: Sequence[SentLine], spans: Sequence[Span]) -> list[HeardTurn]:
    groups: list[list[Span]] = []
    for span in spans:
        if groups and not _parted(groups[-1][-1], span, lines):
            groups[-1].append(span)
        else:
            groups.append([span])
    turns: list[HeardTurn] = []
    answered_to_ms = 0.0
    for group in groups:
        turns.append(_agent_turn(group, lines, answered_to_ms))
        answered_to_ms = group[-1].end_ms
    return turns


def _parted(before: Span, after: Span, lines: Sequence[SentLine]) -> bool:
    if after.start_ms - before.end_ms >= TURN_GAP_MS:
        return True
    edges = [edge for line in lines for edge in (line.start_ms, line.end_ms)]
    return any(before.end_ms <= edge <= after.start_ms for edge in edges)


def _agent_turn(group: Sequence[Span], lines: Sequence[SentLine], answered_to_ms: float) -> HeardTurn:
    start_ms = group[0].start_ms
    early = any(line.start_ms < start_ms < line.end_ms for line in lines)
    before = [line for line in lines if line.end_ms <= start_ms]
    answers = bool(before) and before[-1].end_ms >= answered_to_ms and not early
    return HeardTurn(
        speaker="agent",
        text="",
        start_ms=round(start_ms),
        end_ms=round(group[-1].end_ms),
        latency_ms=round(start_ms - before[-1].sent_ms, 1) if answers else None,
        early=early,
        onsets_ms=tuple(round(span.start_ms) for span in group),
    )


def _lead_turn(line: SentLine, spans: Sequence[Span]) -> HeardTurn:
    cut = next((span for span in spans if span.start_ms < line.start_ms < span.end_ms), None)
    return HeardTurn(
        speaker="lead",
        text=line.text,
        start_ms=round(line.start_ms),
        end_ms=round(line.end_ms),
        stop_ms=round(cut.end_ms - line.start_ms, 1) if cut else None,
    )


def _overlap(piece: HeardText, turn: HeardTurn) -> int:
    return min(piece.end_ms, turn.end_ms) - max(piece.start_ms, turn.start_ms)
