"""A server that dies, and one that is asked to stop, in the middle of a call."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bootstrap.rehearsal import LeadsPlan, SimulatedLeads, simulated_leads
from cli.client import ServerClient
from db.journal import Journal
from domain.errors import Refused
from domain.events import AgentHeard, AgentSaid, Answered, Ended, Event, LeadSaid
from settings.load import load_settings
from settings.places import CONFIG_DIR, DEFAULT_CONFIG
from simulator.line import Impairments
from simulator.persona_file import load_persona
from simulator.rest import Account

pytestmark = [pytest.mark.models, pytest.mark.timeout(300)]

ACCOUNT = Account("AC" + "0" * 32, "secret")
NOBODY = "+14155550177"
BUSY = load_persona(CONFIG_DIR / "personas" / "busy.yaml")
REFUSES = load_persona(CONFIG_DIR / "personas" / "not_interested.yaml")


@dataclass
class Server:
    """A server process and its interface."""

    process: asyncio.subprocess.Process
    client: ServerClient

    async def seen(self, call_id: str, leads: SimulatedLeads, kind: type) -> list[Event]:
        """Follow a call until an event of a kind has come; the lead reads along."""
        events = []
        sid = await leads.twilio.next_call((await self.client.events(call_id))[0].data.to)  # type: ignore[union-attr]
        async for event in self.client.follow(call_id):
            events.append(event)
            if isinstance(event.data, AgentSaid):
                leads.tell(sid, event.data.text)
            if isinstance(event.data, kind):
                return events
        raise AssertionError(f"no {kind.__name__} came: {events}")


@asynccontextmanager
async def serving(folder: Path, leads: SimulatedLeads) -> AsyncIterator[Server]:
    variables = {
        "LEADLINE_DATA_DIR": str(folder),
        "LEADLINE_HOST": "127.0.0.1",
        "LEADLINE_PORT": "0",
        "TWILIO_ACCOUNT_SID": ACCOUNT.sid,
        "TWILIO_AUTH_TOKEN": ACCOUNT.auth_token,
        "TWILIO_FROM_NUMBER": "+14155550100",
        "TWILIO_BASE_URL": leads.twilio.base_url,
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cli.app", "serve"),
        env={**os.environ, **variables},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        assert process.stdout is not None
        url = json.loads(await asyncio.wait_for(process.stdout.readline(), 30))["url"]
        async with ServerClient(url) as client:
            await client.wait_ready(120)
            yield Server(process, client)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_a_killed_server_keeps_the_turns_and_a_stopped_one_lets_the_call_finish(tmp_path: Path) -> None:
    data = tmp_path / "data"
    plan = LeadsPlan(account=ACCOUNT, port=0, folder=tmp_path, impairments=Impairments(), reading=True)
    async with simulated_leads(load_settings({}, DEFAULT_CONFIG), plan) as leads:
        for persona in (BUSY, REFUSES):
            await leads.twilio.expect(persona)
        async with serving(data, leads) as killed:
            call_id = await killed.client.place(BUSY.phone, lead={"name": "Ann Lee"})
            before = await killed.seen(call_id, leads, AgentHeard)
            killed.process.send_signal(signal.SIGKILL)
            await killed.process.wait()
        async with serving(data, leads) as stopped:
            kept = await stopped.client.events(call_id)
            assert kept[: len(before)] == before
            assert [event.seq for event in kept] == list(range(1, len(kept) + 1))
            assert any(isinstance(event.data, LeadSaid) for event in kept)
            last = kept[-1].data
            assert isinstance(last, Ended)
            assert (last.outcome, last.reason) == ("interrupted", "process stopped")

            call_id = await stopped.client.place(REFUSES.phone, lead={})
            await stopped.seen(call_id, leads, Answered)
            stopped.process.send_signal(signal.SIGTERM)
            following = asyncio.create_task(_read_along(stopped.client, call_id, leads))
            assert "shutting down" in await asyncio.wait_for(_refused(stopped.client), 10)
            assert await asyncio.wait_for(stopped.process.wait(), 60) == 0
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
    finished = Journal(data / "journal").read(call_id)[-1].data
    assert isinstance(finished, Ended)
    assert finished.outcome == "opted_out"


async def _refused(client: ServerClient) -> str:
    """Place calls to a number that nobody has until the server takes none; return its words."""
    while True:
        try:
            await client.place(NOBODY, lead={})
        except Refused as refusal:
            return str(refusal)


async def _read_along(client: ServerClient, call_id: str, leads: SimulatedLeads) -> None:
    sid = next(sid for sid, state in leads.twilio.calls.items() if state.request.to == REFUSES.phone)
    async for event in client.follow(call_id):
        if isinstance(event.data, AgentSaid):
            leads.tell(sid, event.data.text)
