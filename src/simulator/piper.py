"""The lead's voice by the `piper` command in a process of its own: it is GPL and never imported here."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from domain.errors import MissingPart, ModelMissing, SpeechError
from domain.ports import Pcm16
from simulator.sound import SAMPLE_RATE, read_wav, resample

PIPER = (sys.executable, "-m", "piper")

_WRITTEN = "Wrote "
_PITCH_UP, _PITCH_DOWN = 8, 7
_LENGTH_SCALE = {"lead": 1.0, "lead2": _PITCH_UP / _PITCH_DOWN}


class PiperVoice:
    """Renders with one Piper model: "lead" as it is, "lead2" pitched up by 8/7 at the same pace.

    A process per voice is started when first needed and kept until the context ends.
    """

    def __init__(self, model: Path, *, command: Sequence[str] = PIPER, timeout_s: float = 60.0) -> None:
        """Take the `.onnx` file of the model, its `.onnx.json` beside it, and the command that runs Piper."""
        self._model = model
        self._command = tuple(command)
        self._timeout_s = timeout_s
        self._folder = tempfile.TemporaryDirectory(prefix="leadline-piper-", ignore_cleanup_errors=True)
        self._processes: dict[str, asyncio.subprocess.Process] = {}
        self._turn = asyncio.Lock()

    @property
    def name(self) -> str:
        """The model's name."""
        return f"piper-{self._model.stem}"

    async def __aenter__(self) -> PiperVoice:
        """Return itself; processes start when first needed."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the processes."""
        for process in self._processes.values():
            await _stop(process)
        self._processes.clear()
        self._folder.cleanup()

    async def render(self, text: str, voice: str) -> Pcm16:
        """Return `text` at 8 kHz.

        Raises:
            ModelMissing: the model's file isn't there.
            MissingPart: piper-tts isn't installed.
            SpeechError: Piper failed or was too slow.
        """
        async with self._turn:
            process = self._processes.get(voice) or await self._start(voice)
            try:
                async with asyncio.timeout(self._timeout_s):
                    written = await self._written(process, text)
            except TimeoutError as error:
                await self._drop(voice)
                raise SpeechError(f"piper gave no audio within {self._timeout_s:.0f} s") from error
            except LookupError as error:
                await self._drop(voice)
                raise _failure(str(error.args[0])) from error
        pcm = read_wav(written)
        written.unlink()
        return resample(pcm, SAMPLE_RATE * _PITCH_UP, SAMPLE_RATE * _PITCH_DOWN) if voice == "lead2" else pcm

    async def _start(self, voice: str) -> asyncio.subprocess.Process:
        if not self._model.exists():
            raise ModelMissing(self._model.stem)
        process = await asyncio.create_subprocess_exec(
            *self._command,
            *("--model", str(self._model)),
            *("--output-dir", self._folder.name),
            *("--length-scale", str(_LENGTH_SCALE[voice])),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        self._processes[voice] = process
        return process

    async def _drop(self, voice: str) -> None:
        await _stop(self._processes.pop(voice))

    async def _written(self, process: asyncio.subprocess.Process, text: str) -> Path:
        """Send one line and return the WAV that Piper reports; LookupError with its last words when it dies."""
        if process.stdin is None or process.stderr is None:
            raise LookupError("no pipes")
        with contextlib.suppress(ConnectionError):
            process.stdin.write(" ".join(text.split()).encode() + b"\n")
            await process.stdin.drain()
        last = ""
        while line := (await process.stderr.readline()).decode(errors="replace").strip():
            last = line
            _, found, path = line.partition(_WRITTEN)
            if found:
                return Path(path)
        raise LookupError(last)


def _failure(last_words: str) -> MissingPart | SpeechError:
    if "No module named" in last_words:
        return MissingPart("the lead's voice needs piper-tts", mend="uv pip install piper-tts")
    return SpeechError(f"piper stopped: {last_words or 'no reason given'}")


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
    await process.communicate()
