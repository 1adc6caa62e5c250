"""Vetted lines as ready audio, so that they start in a few milliseconds."""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import wave
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from pathlib import Path

import numpy as np

from domain.ports import SpeechChunk, TextToSpeech

Speech = tuple[SpeechChunk, ...]


def _encode(speech: Speech) -> bytes:
    """Write the chunks, which share a rate, as one mono 16-bit WAV."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(speech[0].sample_rate)
        out.writeframes(np.concatenate([chunk.pcm for chunk in speech]).astype("<i2").tobytes())
    return buffer.getvalue()


def _decode(raw: bytes) -> Speech | None:
    """Read a WAV of ours back; None for anything else."""
    try:
        with wave.open(io.BytesIO(raw)) as file:
            if file.getnchannels() != 1 or file.getsampwidth() != 2:
                return None
            pcm = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(np.int16)
            return (SpeechChunk(pcm, file.getframerate()),)
    except (wave.Error, EOFError):
        return None


class CachedVoice:
    """A voice that keeps prepared lines in memory and on disk; other lines pass through and leave no trace.

    Only `prepare` writes, so that nothing personal said in a call is ever stored.
    """

    def __init__(self, inner: TextToSpeech, directory: Path, *, fingerprint: str, memory_lines: int = 512) -> None:
        """Speak with `inner`; `fingerprint` names all that its sound depends on; a new one leaves old files unused."""
        self._inner = inner
        self._directory = directory
        self._fingerprint = fingerprint
        self._memory_lines = memory_lines
        self._memory: OrderedDict[str, Speech] = OrderedDict()

    @property
    def name(self) -> str:
        """The inner tier's name."""
        return self._inner.name

    def holds(self, text: str) -> bool:
        """Whether the line is ready in memory."""
        return self._key(text) in self._memory

    async def prepare(self, lines: Iterable[str]) -> int:
        """Load each line from disk or render and store it; return how many had to be rendered.

        A disk that can't be read or written costs only the reuse after a restart.

        Raises:
            SpeechError: the inner voice failed; lines before that one are ready.
        """
        rendered = 0
        for line in lines:
            key = self._key(line)
            if key in self._memory:
                continue
            speech = await asyncio.to_thread(self._read, key)
            if speech is None:
                speech = tuple([chunk async for chunk in self._inner.synthesize(line)])
                rendered += 1
                if speech:
                    await asyncio.to_thread(self._write, key, speech)
            self._remember(key, speech)
        return rendered

    async def synthesize(self, text: str) -> AsyncIterator[SpeechChunk]:
        """Yield the ready audio, or stream from the inner voice.

        Raises:
            SpeechError: the inner voice failed; chunks already yielded remain valid.
        """
        key = self._key(text)
        ready = self._memory.get(key)
        if ready is not None:
            self._memory.move_to_end(key)
            for chunk in ready:
                yield chunk
            return
        async for chunk in self._inner.synthesize(text):
            yield chunk

    def _key(self, text: str) -> str:
        spoken = " ".join(text.split())
        return hashlib.sha256(f"{self._inner.name}|{self._fingerprint}|{spoken}".encode()).hexdigest()

    def _remember(self, key: str, speech: Speech) -> None:
        self._memory[key] = speech
        while len(self._memory) > self._memory_lines:
            self._memory.popitem(last=False)

    def _read(self, key: str) -> Speech | None:
        try:
            return _decode((self._directory / f"{key}.wav").read_bytes())
        except OSError:
            return None

    def _write(self, key: str, speech: Speech) -> None:
        place = self._directory / f"{key}.wav"
        partial = place.with_name(f"{key}.{os.getpid()}.partial")
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            partial.write_bytes(_encode(speech))
            partial.replace(place)
        except OSError:
            with suppress(OSError):
                partial.unlink(missing_ok=True)
