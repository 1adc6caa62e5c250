"""Keeps rendered speech on disk, by the hash of voice and text."""

from __future__ import annotations

import hashlib
from pathlib import Path

from domain.ports import Pcm16
from simulator.sound import read_wav, write_wav
from simulator.speech import LeadVoice


class CachedVoice:
    """A `LeadVoice` that renders each sentence once."""

    def __init__(self, voice: LeadVoice, folder: Path) -> None:
        """Keep 8 kHz WAV files of `voice` in `folder`, which is made when needed."""
        self._voice = voice
        self._folder = folder

    @property
    def name(self) -> str:
        """The inner voice's name."""
        return self._voice.name

    async def render(self, text: str, voice: str) -> Pcm16:
        """Return the sentence from disk, rendering it first where it is new."""
        key = hashlib.sha256("\0".join((self.name, voice, text)).encode()).hexdigest()
        path = self._folder / f"{key[:32]}.wav"
        if path.exists():
            return read_wav(path)
        pcm = await self._voice.render(text, voice)
        draft = path.with_suffix(".part")
        write_wav(draft, pcm)
        draft.replace(path)
        return pcm
