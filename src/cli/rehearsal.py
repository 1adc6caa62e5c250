"""Rehearsals: personas answer a real server's calls through a simulated Twilio."""

from __future__ import annotations

import asyncio
import secrets
import shutil
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from bootstrap.rehearsal import LeadsPlan, SimulatedLeads, simulated_leads
from cli.client import ServerClient
from cli.figures import MET, MISSED, write_json
from cli.live import LiveTranscript
from cli.report import CallResult, rehearsal_bars, rehearsal_report
from cli.server_process import running_server
from cli.summary import show_summary
from domain.events import AgentSaid, Event
from settings.load import Settings
from simulator.line import Impairments
from simulator.persona import Persona
from simulator.persona_file import load_persona
from simulator.rest import Account

READY_LIMIT_S = 120.0
FROM_NUMBER = "+14155550100"
DEMO_ACCOUNT = "AC" + "0" * 32


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What to rehearse.

    `clock` is the ISO time at which the server's clock starts. `server` is a running one's URL, whose TWILIO_BASE_URL
    points at `twilio_port` here; without it one is started. `fresh` empties `folder` first, so that opt-outs and
    bookings of earlier runs don't count. `fast` lets the personas read instead of hear.
    """

    personas: Sequence[Path]
    folder: Path
    report: Path
    clock: str | None = None
    server: str | None = None
    twilio_port: int = 0
    fast: bool = False
    fresh: bool = False
    impairments: Impairments = field(default_factory=Impairments)


async def run_rehearsal(settings: Settings, rehearsal: Rehearsal) -> int:
    """Run it, show the calls and their table, write the report; return 0 when all bars are met, else 1."""
    console = Console()
    personas = [load_persona(path) for path in rehearsal.personas]
    if rehearsal.fresh:
        shutil.rmtree(rehearsal.folder, ignore_errors=True)
    account = _account(settings, rehearsal)
    plan = LeadsPlan(
        account=account,
        port=rehearsal.twilio_port,
        folder=rehearsal.folder,
        impairments=rehearsal.impairments,
        reading=rehearsal.fast,
    )
    async with AsyncExitStack() as stack:
        leads = await stack.enter_async_context(simulated_leads(settings, plan))
        url, health_ms = rehearsal.server, None
        if url is None:
            console.print("starting the server", style="dim")
            variables = _variables(rehearsal, account, leads.twilio.base_url)
            server = await stack.enter_async_context(running_server(variables, rehearsal.folder / "server.log"))
            url, health_ms = server.url, server.health_ms
        key = settings.environment.api_key
        client = await stack.enter_async_context(ServerClient(url, key.get_secret_value() if key else None))
        for persona in personas:
            await leads.twilio.expect(persona)
        await client.wait_ready(READY_LIMIT_S)
        results = [await _call(persona, leads, client, rehearsal.folder, console) for persona in personas]
    bars = rehearsal_bars(results, health_ms=health_ms)
    workbook = rehearsal.folder / "data" / "leads.xlsx" if rehearsal.server is None else None
    write_json(rehearsal.report, rehearsal_report(results, bars, workbook=workbook))
    show_summary(console, results, bars, report=rehearsal.report, workbook=workbook)
    return MET if all(bar.met for bar in bars) else MISSED


async def _call(
    persona: Persona, leads: SimulatedLeads, client: ServerClient, folder: Path, console: Console
) -> CallResult:
    console.rule(f"{persona.name} · {persona.phone}")
    call_id = await client.place(persona.phone, lead={"name": persona.name})
    call_sid = await leads.twilio.next_call(persona.phone)
    events: list[Event] = []
    screen = LiveTranscript(console)
    async with asyncio.TaskGroup() as group:
        finished = group.create_task(leads.twilio.finished(call_sid))
        async for event in client.follow(call_id):
            screen.show(event)
            events.append(event)
            if isinstance(event.data, AgentSaid):
                leads.tell(call_sid, event.data.text)
    recording = folder / "recordings" / f"{call_id}.wav"
    transcript = folder / "transcripts" / f"{call_id}.json"
    await client.download(f"/calls/{call_id}/recording", recording)
    await client.download(f"/calls/{call_id}/transcript", transcript)
    return CallResult(persona, call_id, events, finished.result(), recording, transcript)


def _account(settings: Settings, rehearsal: Rehearsal) -> Account:
    """Return the settings' Twilio account where the server runs elsewhere, else one made for this run."""
    twilio = settings.environment.twilio
    if rehearsal.server is not None and twilio.account_sid and twilio.auth_token:
        return Account(twilio.account_sid, twilio.auth_token.get_secret_value())
    return Account(DEMO_ACCOUNT, secrets.token_hex(16))


def _variables(rehearsal: Rehearsal, account: Account, twilio_url: str) -> dict[str, str]:
    return {
        "LEADLINE_DATA_DIR": str(rehearsal.folder / "data"),
        "TWILIO_ACCOUNT_SID": account.sid,
        "TWILIO_AUTH_TOKEN": account.auth_token,
        "TWILIO_FROM_NUMBER": FROM_NUMBER,
        "TWILIO_BASE_URL": twilio_url,
        "PUBLIC_BASE_URL": "",
        "DATABASE_URL": "",
        **({"LEADLINE_CLOCK": rehearsal.clock} if rehearsal.clock else {}),
    }
