"""A persona's sentences as audio, rendered before the call."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from domain.ports import Pcm16
from simulator.persona import Answer, Persona, at_pause
from simulator.sound import at_speech_level, read_wav, silence, trimmed


class LeadVoice(Protocol):
    """Speaks for the lead; slow voices are no problem, since all is rendered before the call."""

    @property
    def name(self) -> str:
        """What tells this voice's audio from another's, for caches."""
        ...

    async def render(self, text: str, voice: str) -> Pcm16:
        """Return `text` spoken by `voice` ("lead" or "lead2") at 8 kHz.

        Raises:
            MissingPart: the voice isn't installed.
            SpeechError: the engine failed.
        """
        ...


@dataclass(frozen=True, slots=True)
class SpokenLine:
    """A line as text and as 8 kHz audio."""

    text: str
    pcm: Pcm16


@dataclass(frozen=True, slots=True)
class Script:
    """A persona with its audio: `answers` stand as in the persona, None where it keeps quiet."""

    persona: Persona
    greeting: SpokenLine | None
    answers: tuple[SpokenLine | None, ...]
    otherwise: SpokenLine | None


async def render_script(persona: Persona, voice: LeadVoice) -> Script:
    """Render all that `persona` may say.

    Raises:
        InvalidFile: an audio file of the persona can't be read.
        MissingPart: the voice isn't installed.
        SpeechError: the voice failed.
    """
    answers = [await _answer(answer, persona.voice, voice) for answer in persona.answers]
    return Script(
        persona=persona,
        greeting=await _line(persona.greeting, persona.voice, voice),
        answers=tuple(answers),
        otherwise=await _line(persona.otherwise, persona.voice, voice),
    )


async def _answer(answer: Answer, speaker: str, voice: LeadVoice) -> SpokenLine | None:
    if answer.audio is not None:
        path = Path(answer.audio)
        return SpokenLine(f"[{path.name}]", read_wav(path))
    parts = at_pause(answer.say or "") if answer.pause_ms else None
    if parts is None:
        return await _line(answer.say, speaker, voice)
    before, after = [await _speech(part, speaker, voice) for part in parts]
    return SpokenLine(answer.say or "", np.concatenate([before, silence(answer.pause_ms), after]))


async def _line(text: str | None, speaker: str, voice: LeadVoice) -> SpokenLine | None:
    return SpokenLine(text, await _speech(text, speaker, voice)) if text else None


async def _speech(text: str, speaker: str, voice: LeadVoice) -> Pcm16:
    return at_speech_level(trimmed(await voice.render(text, speaker)))
