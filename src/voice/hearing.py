"""The ears: line audio in, signals about the lead's turn out."""

from __future__ import annotations

from collections import deque

import numpy as np
from pipecat.frames.frames import Frame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from domain.ports import Pcm16
from voice.audio.resampler import Resampler
from voice.endpointing import Endpointer, EndpointOptions, Evidence, Signal
from voice.frames import EvidenceFrame, LeadSignalFrame, LineAudioFrame
from voice.recording import Recording
from voice.vad import WINDOW, WINDOW_MS, VoiceActivity

_PREROLL_WINDOWS = 10
_MAX_TURN_WINDOWS = round(150_000 / WINDOW_MS)


class Hearing(FrameProcessor):
    """Resamples to 16 kHz, asks the voice activity model and the endpointer, and keeps the turn's audio.

    The turn is kept from 320 ms before its first voiced window; its oldest audio goes once it lasts 150 s.
    """

    def __init__(self, activity: VoiceActivity, recording: Recording, options: EndpointOptions) -> None:
        """Listen to one call."""
        super().__init__()
        self._activity = activity
        self._recording = recording
        self._endpointer = Endpointer(options)
        self._resampler = Resampler(8_000, 16_000)
        self._evidence: Evidence | None = None
        self._rest = np.zeros(0, dtype=np.int16)
        self._windows: deque[Pcm16] = deque(maxlen=_PREROLL_WINDOWS)
        self._line_ms = 0.0
        self._start_ms = 0.0

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Take audio and evidence; pass everything else on."""
        await super().process_frame(frame, direction)
        if isinstance(frame, LineAudioFrame):
            await self._hear(frame)
        elif isinstance(frame, EvidenceFrame):
            self._evidence = frame.evidence
        else:
            await self.push_frame(frame, direction)

    async def _hear(self, frame: LineAudioFrame) -> None:
        self._recording.lead(frame.pcm, at_ms=frame.at_ms)
        samples = np.concatenate((self._rest, self._resampler.process(frame.pcm)))
        self._line_ms = frame.at_ms + len(frame.pcm) / 8 - len(samples) / 16
        whole = len(samples) - len(samples) % WINDOW
        self._rest = samples[whole:]
        for start in range(0, whole, WINDOW):
            await self._window(samples[start : start + WINDOW])

    async def _window(self, window: Pcm16) -> None:
        self._line_ms += WINDOW_MS
        self._windows.append(window)
        signal = self._endpointer.step(self._activity.probability(window), length_ms=WINDOW_MS, evidence=self._evidence)
        if signal is None:
            return
        if signal is Signal.STARTED:
            self._start_ms = self._line_ms - self._endpointer.voiced_ms
            self._windows = deque(self._windows, maxlen=_MAX_TURN_WINDOWS)
        await self.push_frame(self._signal_frame(signal))
        if signal is Signal.ENDED:
            self._windows = deque(list(self._windows)[-_PREROLL_WINDOWS:], maxlen=_PREROLL_WINDOWS)

    def _signal_frame(self, signal: Signal) -> LeadSignalFrame:
        # A resumed turn voids what was known of the pause before it.
        if signal in (Signal.RESUMED, Signal.STARTED, Signal.ENDED):
            self._evidence = None
        needs_audio = signal in (Signal.PAUSED, Signal.ENDED)
        return LeadSignalFrame(
            signal=signal,
            pcm=np.concatenate(self._windows) if needs_audio else np.zeros(0, dtype=np.int16),
            start_ms=round(self._start_ms),
            end_ms=round(self._line_ms - self._endpointer.silent_ms),
        )
