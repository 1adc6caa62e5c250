from __future__ import annotations

import asyncio
import os
import select
import signal
import sys
from pathlib import Path

import httpx
import pytest

from domain.errors import ModelMissing, ModelUnavailable
from llm.embedded.process import EmbeddedOllama


async def test_a_missing_file_names_the_model(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="tiny"):
        async with EmbeddedOllama(tmp_path / "no.gguf", "tiny"):
            pass


async def test_a_file_that_is_no_model_is_reported_with_the_childs_last_words(tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"not a model")
    server = EmbeddedOllama(broken, "tiny")
    with pytest.raises(ModelUnavailable, match=r"ended before it listened.*can't load"):
        async with server:
            pass
    assert not server.running


@pytest.mark.models
async def test_too_slow_a_start_is_reported_and_leaves_no_child(gguf: Path) -> None:
    server = EmbeddedOllama(gguf, "tiny", start_limit_s=0.01)
    with pytest.raises(ModelUnavailable, match=r"did not listen within 0\.01 s"):
        async with server:
            pass
    assert not server.running


@pytest.mark.models
async def test_the_child_lives_as_long_as_the_block(gguf: Path) -> None:
    async with EmbeddedOllama(gguf, "tiny") as server, httpx.AsyncClient() as client:
        assert server.running
        assert (await client.get(server.url)).text == "Ollama is running"
    assert not server.running


PARENT = """
import asyncio, sys
from pathlib import Path
from llm.embedded.process import EmbeddedOllama

async def main():
    async with EmbeddedOllama(Path(sys.argv[1]), "tiny") as server:
        print(server.pid, flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.mark.models
async def test_the_child_dies_with_its_parent(gguf: Path) -> None:
    source = Path(__file__).parents[2] / "src"
    parent = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        PARENT,
        str(gguf),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(source)},
    )
    assert parent.stdout is not None
    pidfd = os.pidfd_open(int(await parent.stdout.readline()))
    parent.send_signal(signal.SIGKILL)
    await parent.wait()
    await asyncio.to_thread(_await_end, pidfd)


def _await_end(pidfd: int) -> None:
    """Wait until the process behind `pidfd` has ended."""
    ended, _, _ = select.select([pidfd], [], [], 10)
    os.close(pidfd)
    assert ended
