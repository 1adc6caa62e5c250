"""The ears as a Pipecat processor: line audio in, signals about the lead's turn out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from pipecat.frames.frames import Frame, TextFrame
from pipecat.tests.utils import run_test

from domain.ports import Pcm16
from domain.turn import Expects
from voice.audio.levels import rms_dbfs
from voice.endpointing import EndpointOptions, Evidence, Signal
from voice.frames import EvidenceFrame, LeadSignalFrame, LineAudioFrame
from voice.hearing import Hearing
from voice.recording import Recording

SURE = EvidenceFrame(Evidence(1.0, text_complete=True, expects=Expects.OPEN))


class LoudIsSpeech:
    """Voice activity by level; counts the windows and holds them to their size."""

    def __init__(self) -> None:
        """Begin to count."""
        self.windows = 0

    def probability(self, window: Pcm16) -> float:
        """Return 1 for a loud window."""
        assert (window.shape, window.dtype) == ((512,), np.int16)
        self.windows += 1
        return 1.0 if rms_dbfs(window) > -40 else 0.0


def line(*pieces: tuple[int, int], start_ms: int = 0) -> list[Frame]:
    """Return frames of 20 ms for pieces of so many milliseconds at an amplitude."""
    at = np.arange(160)
    frames: list[Frame] = []
    for length_ms, amplitude in pieces:
        for _ in range(length_ms // 20):
            pcm = (amplitude * np.sin(2 * np.pi * 300 * at / 8_000)).astype(np.int16)
            frames.append(LineAudioFrame(pcm, start_ms + 20 * len(frames)))
    return frames


async def hear(frames: Sequence[Frame]) -> list[LeadSignalFrame]:
    hearing = Hearing(LoudIsSpeech(), Recording(limit_ms=600_000), EndpointOptions())
    down, _ = await run_test(hearing, frames_to_send=frames)
    assert all(isinstance(frame, LeadSignalFrame) for frame in down)
    return [frame for frame in down if isinstance(frame, LeadSignalFrame)]


async def test_a_turn_starts_pauses_and_ends_at_its_place_on_the_line() -> None:
    signals = await hear(line((400, 0), (600, 6_000), (1_300, 0)))
    assert [frame.signal for frame in signals] == [Signal.STARTED, Signal.PAUSED, Signal.ENDED]
    ended = signals[-1]
    assert ended.start_ms == pytest.approx(400, abs=40)
    assert ended.end_ms == pytest.approx(1_000, abs=40)


async def test_times_are_the_carriers_own() -> None:
    frames = line((400, 0), (600, 6_000), (1_300, 0), start_ms=50_000)
    assert (await hear(frames))[-1].start_ms == pytest.approx(50_400, abs=40)


async def test_the_turns_audio_reaches_back_before_its_first_sound() -> None:
    signals = await hear(line((1_000, 0), (600, 6_000), (1_300, 0)))
    started, paused, ended = signals
    assert len(started.pcm) == 0
    loud = np.flatnonzero(np.abs(paused.pcm) > 1_000)
    assert 100 <= loud[0] / 16 <= 340
    assert len(loud) / 16 > 400
    assert len(ended.pcm) > len(paused.pcm)


async def test_what_is_known_of_the_pause_shortens_the_wait_for_this_pause_only() -> None:
    quick = await hear([*line((200, 0), (400, 6_000), (140, 0)), SURE, *line((400, 0), start_ms=740)])
    assert quick[-1].signal is Signal.ENDED
    resumed = await hear([*line((200, 0), (400, 6_000), (140, 0)), SURE, *line((400, 6_000), (600, 0), start_ms=740)])
    assert [frame.signal for frame in resumed] == [Signal.STARTED, Signal.PAUSED, Signal.RESUMED, Signal.PAUSED]


async def test_the_lead_is_recorded_and_other_frames_pass() -> None:
    recording = Recording(limit_ms=10_000)
    activity = LoudIsSpeech()
    hearing = Hearing(activity, recording, EndpointOptions())
    down, _ = await run_test(hearing, frames_to_send=[*line((320, 6_000)), TextFrame("on")])
    assert any(isinstance(frame, TextFrame) for frame in down)
    assert recording.stereo().shape == (2_560, 2)
    assert np.abs(recording.stereo()[:, 0]).max() > 5_000
    assert activity.windows in (9, 10)


@pytest.mark.parametrize("length", [0, 1, 159, 4_000])
async def test_frames_of_any_length_are_taken(length: int) -> None:
    frames = [LineAudioFrame(np.zeros(length, dtype=np.int16), 0), *line((400, 0), (600, 6_000), (1_300, 0))]
    assert [frame.signal for frame in await hear(frames)][-1] is Signal.ENDED


async def test_a_far_time_stamp_costs_no_memory() -> None:
    recording = Recording(limit_ms=1_000)
    hearing = Hearing(LoudIsSpeech(), recording, EndpointOptions())
    await run_test(hearing, frames_to_send=[LineAudioFrame(np.zeros(160, dtype=np.int16), 10**15)])
    assert len(recording.stereo()) == 0
