"""The dialog as a Pipecat processor: what it takes, what it passes on, what the exchange's line becomes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from pipecat.frames.frames import (
    Frame,
    InterruptionFrame,
    OutputAudioRawFrame,
    OutputTransportMessageFrame,
    TextFrame,
)
from pipecat.processors.frame_processor import FrameDirection
from pipecat.tests.utils import run_test

from domain.log import EventLog
from domain.turn import Expects
from tests.fakes.clock import ManualClock
from tests.fakes.conversation import ScriptedConversation, line
from tests.fakes.speech import ScriptedStt, ToneVoice
from voice.dialog import Dialog
from voice.endpointing import Evidence
from voice.exchange import Exchange
from voice.frames import DigitFrame, EvidenceFrame, MarkFrame, StreamEndedFrame
from voice.mouth import Mouth
from voice.options import VoiceOptions
from voice.recording import Recording
from voice.thinking import Thinker

PATIENT = VoiceOptions(opening_silence_ms=60_000, reprompt_ms=60_000)


class SureTurn:
    """A turn model that is always sure."""

    async def probability(self, pcm: object) -> float:
        """Say that the turn is over."""
        return 0.95


def dialog(on_end: Callable[[str], None] = lambda _: None) -> tuple[Dialog, ScriptedConversation]:
    conversation = ScriptedConversation([line("Hello.")], [[line("Where?")]])
    log = EventLog("c1", ManualClock())
    log.begin_stream()

    def make(on: Dialog) -> Exchange:
        thinker = Thinker(conversation, ScriptedStt(["Hello?"]), SureTurn(), ToneVoice())
        return Exchange(thinker, Mouth(on, log, Recording(limit_ms=60_000), mark_grace_ms=60_000), log, on, PATIENT)

    return Dialog(make, on_end), conversation


class Driven(Dialog):
    """A dialog whose own line is used when a text frame comes by."""

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Use every word of the line."""
        await super().process_frame(frame, direction)
        if isinstance(frame, TextFrame):
            await self.send_audio(np.full(160, 7, dtype=np.int16))
            await self.send_mark("clause-3")
            await self.tell(Evidence(0.5, text_complete=True, expects=Expects.OPEN))
            await self.clear()


def built_on(kind: type[Dialog], on_end: Callable[[str], None] = lambda _: None) -> Dialog:
    plain, _ = dialog(on_end)
    return kind(lambda _: plain.exchange, on_end)


async def through(processor: Dialog, *frames: Frame) -> tuple[Sequence[Frame], Sequence[Frame]]:
    return await run_test(processor, frames_to_send=frames)


async def test_frames_of_the_line_are_taken_and_others_pass() -> None:
    talk, _ = dialog()
    down, _ = await through(talk, MarkFrame("clause-0"), DigitFrame("1"), TextFrame("on"))
    assert any(isinstance(frame, TextFrame) for frame in down)
    assert not any(isinstance(frame, MarkFrame | DigitFrame) for frame in down)


async def test_the_line_becomes_frames() -> None:
    down, up = await through(built_on(Driven), TextFrame("go"))
    audio = next(frame for frame in down if isinstance(frame, OutputAudioRawFrame))
    assert (audio.sample_rate, audio.num_channels, len(audio.audio)) == (8_000, 1, 320)
    marks = [frame.message for frame in down if isinstance(frame, OutputTransportMessageFrame)]
    assert marks == [{"mark": "clause-3"}]
    assert any(isinstance(frame, InterruptionFrame) for frame in down)
    assert any(isinstance(frame, EvidenceFrame) and frame.evidence is not None for frame in up)


async def test_the_streams_end_is_told_with_its_reason() -> None:
    reasons: list[str] = []
    talk, _ = dialog(reasons.append)
    await through(talk, StreamEndedFrame("the call ended"))
    await talk.end()
    assert reasons == ["the call ended", "the agent said goodbye"]
