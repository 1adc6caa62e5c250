"""The server process: where it binds, what it says, how it ends."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from api.server import bind, serve
from bootstrap.runtime import Application
from domain.errors import AddressInUse, InvalidInput
from settings.load import Settings
from simulator.webhooks import signature
from tests.api.support import PHONE, TOKEN, settings_for

HEAVY = ("pipecat", "langgraph", "faster_whisper", "onnxruntime", "openpyxl", "alembic", "sqlalchemy", "twilio.rest")


def never(settings: Settings) -> Application:
    raise AssertionError("nothing is built before the port is ours")


@asynccontextmanager
async def process(folder: Path, repository: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """Run the server over fakes; give the process and its URL."""
    server = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.api.served_process"),
        cwd=repository,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join([str(repository / "src"), str(repository)]),
            "LEADLINE_PORT": "0",
            "LEADLINE_DATA_DIR": str(folder),
            "TWILIO_AUTH_TOKEN": TOKEN,
        },
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert server.stdout is not None
        said = json.loads(await server.stdout.readline())
        assert said["event"] == "listening"
        yield server, said["url"]
    finally:
        if server.returncode is None:
            server.kill()
        await server.communicate()


async def until_refused(client: httpx.AsyncClient, placed: list[str]) -> httpx.Response:
    """Place calls until the server has taken notice of its signal; add the ids to `placed`."""
    while (answer := await client.post("/calls", json={"to": PHONE})).status_code == 201:
        placed.append(answer.json()["call_id"])
    return answer


async def test_a_port_in_use_is_named_before_anything_is_built(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(AddressInUse, match=f"port {port} on 127.0.0.1 is in use"):
            serve(settings_for(tmp_path, LEADLINE_PORT=str(port)), never)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com"])
async def test_nothing_binds_beyond_loopback_without_a_key(tmp_path: Path, host: str) -> None:
    with pytest.raises(InvalidInput, match="LEADLINE_API_KEY"):
        settings_for(tmp_path, LEADLINE_HOST=host)
    settings = settings_for(tmp_path)
    open_wide = dataclasses.replace(settings, environment=settings.environment.model_copy(update={"host": host}))
    with pytest.raises(InvalidInput, match="LEADLINE_API_KEY"):
        serve(open_wide, never)


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
async def test_a_host_that_cannot_be_bound_is_bad_input(host: str) -> None:
    with pytest.raises(InvalidInput, match="can't listen on"):
        bind(host, 0)


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGHUP])
async def test_a_signal_lets_a_live_call_finish_and_refuses_new_ones(
    tmp_path: Path, repository: Path, end: signal.Signals
) -> None:
    async with process(tmp_path, repository) as (server, url), httpx.AsyncClient(base_url=url, timeout=30) as client:
        assert (await client.get("/health")).status_code == 200
        live = [(await client.post("/calls", json={"to": PHONE})).json()["call_id"]]
        server.send_signal(end)
        refusal = await until_refused(client, live)
        assert (refusal.status_code, refusal.json()["reason"]) == (409, "closed")
        assert (await client.get("/health")).status_code == 200
        assert "ended" not in (await client.get(f"/calls/{live[0]}/events")).text
        for call_id in live:
            path, form = f"/twilio/status?call_id={call_id}", {"CallStatus": "busy"}
            signed = {"X-Twilio-Signature": signature(TOKEN, url + path, form)}
            assert (await client.post(path, data=form, headers=signed)).status_code == 204
        assert await server.wait() == 0


async def test_a_second_signal_ends_live_calls_at_once(tmp_path: Path, repository: Path) -> None:
    async with process(tmp_path, repository) as (server, url), httpx.AsyncClient(base_url=url, timeout=30) as client:
        call_id = (await client.post("/calls", json={"to": PHONE})).json()["call_id"]
        server.send_signal(signal.SIGINT)
        await until_refused(client, [])
        server.send_signal(signal.SIGINT)
        assert await server.wait() == 0
    kept = [json.loads(text) for text in (tmp_path / "journal" / f"{call_id}.ndjson").read_text().splitlines()]
    assert kept[-1]["data"] == {"outcome": "interrupted", "reason": "the server stopped"}


async def test_importing_the_server_brings_in_nothing_heavy(repository: Path) -> None:
    code = f"import sys, api.server; print([name for name in {HEAVY!r} if name in sys.modules])"
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", code),
        env={"PYTHONPATH": str(repository / "src"), "PATH": os.environ["PATH"]},
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await child.communicate()
    assert out.decode().strip() == "[]"
