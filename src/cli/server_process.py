"""A server of our own in a child process, for the demo and rehearsals."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from domain.errors import MissingPart

_LISTEN_LIMIT_S = 30.0
_STOP_LIMIT_S = 45.0
_POLL_S = 0.02


@dataclass(frozen=True, slots=True)
class RunningServer:
    """Where the child listens, and how long after its start `/health` first answered."""

    url: str
    health_ms: float


@asynccontextmanager
async def running_server(variables: Mapping[str, str], log_file: Path) -> AsyncIterator[RunningServer]:
    """Run `leadline serve` with `variables` on any free port; stop it with SIGTERM at the end.

    Raises:
        MissingPart: it didn't come up; the message holds its last words.
    """
    log_file.parent.mkdir(parents=True, exist_ok=True)
    began = time.perf_counter()
    with log_file.open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "cli.app", "serve"),
            env={**os.environ, **variables, "LEADLINE_HOST": "127.0.0.1", "LEADLINE_PORT": "0"},
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
        )
    try:
        url = await _listening(process, log_file)
        await _healthy(url)
        yield RunningServer(url, (time.perf_counter() - began) * 1000)
    finally:
        await _stop(process)


async def _listening(process: asyncio.subprocess.Process, log_file: Path) -> str:
    line = b""
    if process.stdout is not None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LISTEN_LIMIT_S):
                line = await process.stdout.readline()
    if not line.strip():
        words = (await asyncio.to_thread(_text, log_file)).strip().splitlines()
        raise MissingPart(
            "the server did not start: " + (words[-1] if words else "it said nothing"), mend=f"see {log_file}"
        )
    return str(json.loads(line)["url"])


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")


async def _healthy(url: str) -> None:
    async with httpx.AsyncClient(base_url=url, timeout=_LISTEN_LIMIT_S, trust_env=False) as client:
        while True:
            with contextlib.suppress(httpx.TransportError):
                if (await client.get("/health")).is_success:
                    return
            await asyncio.sleep(_POLL_S)


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
        try:
            async with asyncio.timeout(_STOP_LIMIT_S):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
