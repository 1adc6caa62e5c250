"""How a lead knows what the agent said: by recognising what it hears, or by reading the agent's text."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from domain.ports import Pcm16, SpeechToText
from simulator.sound import FRAME_MS, SAMPLE_RATE, is_audible, resample

RECOGNISER_RATE = 16_000

_PREROLL_FRAMES = 5
_GLANCE_EVERY_MS = 600
_PAUSES_MS = ((4_000, 120), (1_500, 300))
"""A segment of at least so long ends at a pause of so much; a shorter one when the agent has fallen silent."""


@dataclass(frozen=True, slots=True)
class HeardText:
    """What the lead understood of a piece of the agent's speech; times count from the stream's start."""

    start_ms: int
    end_ms: int
    text: str


class Ear(Protocol):
    """Listens to the agent frame by frame; the text is all that was said since the lead last spoke."""

    def hear(self, frame: Pcm16, at_ms: int) -> None:
        """Take the 20 ms of the agent that began at `at_ms`."""
        ...

    def glance(self) -> None:
        """Make something of what the agent has said so far, although it goes on speaking."""
        ...

    def settle(self) -> None:
        """The agent has fallen silent: make text of all that is left."""
        ...

    @property
    def ready(self) -> bool:
        """Whether `text` is complete for what was heard up to the last `settle`.

        Raises:
            SpeechError: the recogniser failed.
        """
        ...

    @property
    def text(self) -> str:
        """What is known so far."""
        ...

    def forget(self) -> None:
        """The lead begins to speak: start afresh."""
        ...

    def drop_tail(self) -> None:
        """The lead has spoken and the agent is silent: what the agent said meanwhile needs no answer."""
        ...

    async def finish(self) -> Sequence[HeardText]:
        """The call is over: return all that was heard.

        Raises:
            SpeechError: the recogniser failed.
        """
        ...

    async def close(self) -> None:
        """Stop all work; repeating it is no error."""
        ...


@dataclass(slots=True)
class _Segment:
    start_ms: int
    frames: list[Pcm16]
    quiet_ms: int = 0
    glanced_ms: int = 0

    @property
    def speech_ms(self) -> int:
        return len(self.frames) * FRAME_MS - self.quiet_ms


class RecognisingEar:
    """Recognises the agent's speech pause by pause, so that a long turn is understood soon after its end.

    What the lead talks over is recognised after the call only, when no answer is being timed.
    """

    def __init__(self, recogniser: SpeechToText, *, language: str | None = None) -> None:
        """Take a recogniser for 16 kHz and the language that the lead expects."""
        self._recogniser = recogniser
        self._language = language
        self._one_at_a_time = asyncio.Lock()
        self._preroll: deque[Pcm16] = deque(maxlen=_PREROLL_FRAMES)
        self._open: _Segment | None = None
        self._glimpse: asyncio.Task[HeardText] | None = None
        self._turn: list[asyncio.Task[HeardText]] = []
        self._past: list[asyncio.Task[HeardText]] = []
        self._unheard: list[_Segment] = []

    def hear(self, frame: Pcm16, at_ms: int) -> None:
        """Add `frame` to the open segment, opening or closing one where speech begins or pauses."""
        audible = is_audible(frame)
        segment = self._open
        if segment is None:
            if audible:
                start_ms = at_ms - len(self._preroll) * FRAME_MS
                self._open = _Segment(start_ms, [*self._preroll, frame])
                self._preroll.clear()
            else:
                self._preroll.append(frame)
            return
        segment.frames.append(frame)
        segment.quiet_ms = 0 if audible else segment.quiet_ms + FRAME_MS
        if any(segment.speech_ms >= least and segment.quiet_ms >= pause for least, pause in _PAUSES_MS):
            self.settle()

    def glance(self) -> None:
        """Recognise the open segment so far, at most one at a time and every 600 ms of speech."""
        segment = self._open
        if segment is None or (self._glimpse is not None and not self._glimpse.done()):
            return
        if segment.speech_ms - segment.glanced_ms >= _GLANCE_EVERY_MS or not segment.glanced_ms:
            segment.glanced_ms = segment.speech_ms
            self._glimpse = asyncio.create_task(self._recognise(_Segment(segment.start_ms, list(segment.frames))))

    def settle(self) -> None:
        """Close the open segment and recognise it behind those before it."""
        if self._open is not None:
            self._turn.append(asyncio.create_task(self._recognise(self._open)))
            self._open = None

    @property
    def ready(self) -> bool:
        """Whether every closed segment of this turn is recognised."""
        done = all(task.done() for task in self._turn)
        if done:
            for task in self._turn:
                task.result()
        return done

    @property
    def text(self) -> str:
        """The recognised segments of this turn, and the latest glance at the open one."""
        tasks = [*self._turn, *([self._glimpse] if self._open is not None and self._glimpse is not None else [])]
        return " ".join(task.result().text for task in tasks if task.done()).strip()

    def forget(self) -> None:
        """Start a new turn; an open segment waits for `finish`."""
        self._past += self._turn
        self._turn = []
        self._glimpse = None
        if self._open is not None:
            self._unheard.append(self._open)
            self._open = None
        self._preroll.clear()

    def drop_tail(self) -> None:
        """Start a new turn."""
        self.forget()

    async def finish(self) -> Sequence[HeardText]:
        """Recognise what is left and return everything in order."""
        self.forget()
        late = [await self._recognise(segment) for segment in self._unheard]
        self._unheard = []
        heard = [*late, *[await task for task in self._past]]
        return sorted(heard, key=lambda piece: piece.start_ms)

    async def close(self) -> None:
        """Cancel recognition."""
        tasks = [*self._past, *self._turn, *([self._glimpse] if self._glimpse else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _recognise(self, segment: _Segment) -> HeardText:
        pcm = resample(np.concatenate(segment.frames), SAMPLE_RATE, RECOGNISER_RATE)
        async with self._one_at_a_time:
            transcript = await self._recogniser.transcribe(pcm, sample_rate=RECOGNISER_RATE, language=self._language)
        end_ms = segment.start_ms + len(segment.frames) * FRAME_MS - segment.quiet_ms
        return HeardText(segment.start_ms, end_ms, transcript.text.strip())


class ReadingEar:
    """Reads the agent's words instead of recognising them; its times are those of the audio."""

    def __init__(self, agent_text: Callable[[], str]) -> None:
        """Take a call that returns all that the agent has said since the call began; the text only grows."""
        self._agent_text = agent_text
        self._read = 0
        self._span: tuple[int, int] | None = None
        self._heard: list[HeardText] = []

    def hear(self, frame: Pcm16, at_ms: int) -> None:
        """Note when the agent speaks."""
        if is_audible(frame):
            self._span = (self._span[0] if self._span else at_ms, at_ms + FRAME_MS)

    def glance(self) -> None:
        """Do nothing: the text is always there."""

    def settle(self) -> None:
        """Do nothing: the text is always there."""

    @property
    def ready(self) -> bool:
        """Whether there is anything to read."""
        return bool(self.text)

    @property
    def text(self) -> str:
        """What has not been read before the lead last spoke."""
        return self._agent_text()[self._read :].strip()

    def forget(self) -> None:
        """Count all text as read."""
        text = self.text
        if text and self._span:
            self._heard.append(HeardText(*self._span, text))
        self._read = len(self._agent_text())
        self._span = None

    def drop_tail(self) -> None:
        """Keep the text: an answer may be written before it is heard."""

    async def finish(self) -> Sequence[HeardText]:
        """Return all that was read."""
        self.forget()
        return self._heard

    async def close(self) -> None:
        """Do nothing: there is no work to stop."""
