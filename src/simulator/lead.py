"""The lead on the phone, paced by frames: listens, thinks for a natural while, answers, hangs up."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import numpy as np

from domain.ports import Pcm16
from simulator.hearing import Ear
from simulator.persona import Answer
from simulator.sound import FRAME_MS, FRAME_SAMPLES, frames, is_audible, silence
from simulator.speech import Script, SpokenLine

GREETING_AT_MS = 400
"""From the stream's start to the lead's greeting."""

_THINKING_MS = (600, 900)
_SETTLED_MS = 500
_TAIL_MS = 200
_LEAST_SPEECH_MS = 100
_PATIENCE_MS = 60_000
_GLANCE_AHEAD_MS = 500


@dataclass(frozen=True, slots=True)
class LeadFrame:
    """20 ms of the lead, 160 samples; `line` counts the line that it belongs to, None between lines."""

    pcm: Pcm16
    line: int | None


@dataclass(slots=True)
class _Attention:
    """What the lead has noticed of the agent since the lead last spoke."""

    onset_ms: int | None = None
    speech_ms: int = 0
    quiet_ms: int = 0
    fresh: bool = False

    def notice(self, audible: bool, at_ms: int) -> None:
        if not audible:
            self.quiet_ms += FRAME_MS
            return
        if self.onset_ms is None or self.quiet_ms >= _SETTLED_MS:
            self.onset_ms = at_ms
        self.speech_ms += FRAME_MS
        self.quiet_ms = 0
        self.fresh = self.speech_ms >= _LEAST_SPEECH_MS


class Lead:
    """Plays a `Script`. Call `next_frame` once for every 20 ms; `hung_up` says when the lead has put the phone down."""

    def __init__(self, script: Script, ear: Ear, random: Random) -> None:
        """Take what to say, how to understand the agent, and the randomness of the time to think."""
        self.hung_up = False
        self.lines: list[SpokenLine] = []
        self._script = script
        self._ear = ear
        self._random = random
        self._greeted = False
        self._speaking: list[Pcm16] = []
        self._used: set[int] = set()
        self._attention = _Attention()
        self._idle_ms = 0
        self._thinking_ms = self._draw_thinking_ms()

    def next_frame(self, heard: Pcm16, at_ms: int, *, more_to_come: bool) -> LeadFrame:
        """Return the lead's 20 ms from `at_ms` on, having heard the agent's of the same time.

        `more_to_come` says that received audio is still to be played.

        Raises:
            SpeechError: the lead's recogniser failed.
        """
        audible = is_audible(heard)
        self._ear.hear(heard, at_ms)
        self._attention.notice(audible, at_ms)
        if not self._speaking:
            self._listen(at_ms, audible=audible, more_to_come=more_to_come)
        if self._speaking:
            return self._speak()
        self._idle_ms = 0 if audible else self._idle_ms + FRAME_MS
        self.hung_up = self.hung_up or self._idle_ms >= _PATIENCE_MS
        return LeadFrame(silence(FRAME_MS), None)

    def _listen(self, at_ms: int, *, audible: bool, more_to_come: bool) -> None:
        if not self._greeted and at_ms >= GREETING_AT_MS:
            self._greeted = True
            self._say(self._script.greeting)
            return
        attention = self._attention
        if attention.onset_ms is not None and attention.quiet_ms < _SETTLED_MS:
            self._barge_in(at_ms - attention.onset_ms)
        waiting = audible or more_to_come or attention.quiet_ms < _SETTLED_MS
        if waiting or self._speaking or not attention.fresh:
            return
        self._ear.settle()
        if attention.quiet_ms >= self._thinking_ms and self._ear.ready:
            self._react(self._ear.text)

    def _barge_in(self, speaking_for: int) -> None:
        for index, answer in self._open_answers():
            if answer.barge_in_ms is None or speaking_for < answer.barge_in_ms - _GLANCE_AHEAD_MS:
                continue
            if answer.matches(self._ear.text):
                if speaking_for >= answer.barge_in_ms:
                    self._take(index)
                    return
            else:
                self._ear.glance()

    def _react(self, text: str) -> None:
        self._attention.fresh = False
        if not text:
            return
        if self._script.persona.hangs_up_on(text):
            self.hung_up = True
            return
        for index, answer in self._open_answers():
            if answer.matches(text):
                self._take(index)
                return
        self._say(self._script.otherwise)

    def _open_answers(self) -> list[tuple[int, Answer]]:
        answers = enumerate(self._script.persona.answers)
        return [(index, answer) for index, answer in answers if not (answer.once and index in self._used)]

    def _take(self, index: int) -> None:
        self._used.add(index)
        self._say(self._script.answers[index])

    def _say(self, line: SpokenLine | None) -> None:
        if line is None:
            return
        self._ear.forget()
        self._attention = _Attention()
        self.lines.append(line)
        self._speaking = frames(line.pcm)
        self._speaking.reverse()

    def _speak(self) -> LeadFrame:
        pcm = self._speaking.pop()
        if len(pcm) < FRAME_SAMPLES:
            pcm = np.concatenate([pcm, np.zeros(FRAME_SAMPLES - len(pcm), dtype=np.int16)])
        if not self._speaking:
            self._fall_silent()
        return LeadFrame(pcm, len(self.lines) - 1)

    def _fall_silent(self) -> None:
        still_heard = self._attention.quiet_ms < _TAIL_MS and self._attention.onset_ms is not None
        if not still_heard:
            self._ear.drop_tail()
            self._attention = _Attention()
        self._idle_ms = 0
        self._thinking_ms = self._draw_thinking_ms()

    def _draw_thinking_ms(self) -> int:
        return self._random.randrange(*_THINKING_MS, FRAME_MS)
