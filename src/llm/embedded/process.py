"""The embedded server as a child process."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from domain.errors import ModelMissing, ModelUnavailable
from llm.embedded.tuning import Tuning

_STOP_LIMIT_S = 5.0
_SOURCE_ROOT = Path(__file__).resolve().parents[2]
_STDERR_TAIL = 5


class EmbeddedOllama:
    """Serves one model on loopback for as long as the block lasts.

    The child holds the read end of a pipe from this process and stops when it closes, so it never outlives a parent
    that was killed. It has a session of its own: an interrupt from the keyboard reaches it only through the parent,
    after calls have drained.
    """

    def __init__(
        self, model_file: Path, name: str, *, tuning: Tuning | None = None, start_limit_s: float = 60.0
    ) -> None:
        """Serve `model_file`, a GGUF file, under `name`."""
        self._model_file, self.name = model_file, name
        self._tuning = tuning
        self._start_limit_s = start_limit_s
        self._process: Process | None = None
        self._stderr: IO[bytes] | None = None
        self._url = ""

    @property
    def url(self) -> str:
        """Where it listens; empty before the start."""
        return self._url

    @property
    def running(self) -> bool:
        """Whether the child is alive."""
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int | None:
        """The child's process id, for metrics."""
        return self._process.pid if self._process else None

    async def __aenter__(self) -> Self:
        """Start the child and wait until it listens.

        Raises:
            ModelMissing: there is no model file.
            ModelUnavailable: it did not come up; the message ends in its last words.
        """
        if not self._model_file.is_file():
            raise ModelMissing(self.name)
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - closed in _stop
        self._process = await asyncio.create_subprocess_exec(
            *self._command(), stdin=PIPE, stdout=PIPE, stderr=self._stderr, env=_environment(), start_new_session=True
        )
        try:
            self._url = await self._listening(self._process.stdout)
        except BaseException:
            await self._stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Terminate the child, and kill it when it takes too long."""
        await self._stop()

    def _command(self) -> list[str]:
        command = [sys.executable, "-m", "llm.embedded", "--until-stdin-closes"]
        command += ["--model-file", str(self._model_file), "--name", self.name]
        if self._tuning:
            command += ["--threads", str(self._tuning.threads), "--context", str(self._tuning.context)]
            command += ["--batch", str(self._tuning.batch), "--voice-slots", str(self._tuning.voice_slots)]
            command += ["--background-slots", str(self._tuning.background_slots)]
        return command

    async def _listening(self, stdout: asyncio.StreamReader | None) -> str:
        try:
            async with asyncio.timeout(self._start_limit_s):
                line = await stdout.readline() if stdout else b""
        except TimeoutError:
            raise ModelUnavailable(self._epitaph(f"did not listen within {self._start_limit_s:g} s")) from None
        if not line:
            raise ModelUnavailable(self._epitaph("ended before it listened"))
        return str(json.loads(line)["url"])

    def _epitaph(self, what: str) -> str:
        if self._stderr is None:
            return f"embedded model server {what}"
        self._stderr.seek(0)
        words = self._stderr.read().decode(errors="replace").split("\n")
        last = " | ".join([line.strip() for line in words if line.strip()][-_STDERR_TAIL:])
        return f"embedded model server {what}: {last or 'it said nothing'}"

    async def _stop(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            try:
                async with asyncio.timeout(_STOP_LIMIT_S):
                    await self._process.wait()
            except TimeoutError:
                self._process.kill()
                await self._process.wait()
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
        if self._stderr is not None:
            self._stderr.close()
            self._stderr = None


def _environment() -> dict[str, str]:
    paths = [str(_SOURCE_ROOT), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path)}
