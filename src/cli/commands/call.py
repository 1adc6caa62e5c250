"""`leadline call`: place one call and follow it."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer
from rich.console import Console

from cli.options import Server, read_settings, server_url


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("call")(call)


def call(
    to: Annotated[str, typer.Argument(help="The lead's phone number.")],
    name: Annotated[str | None, typer.Option(help="The lead's name.")] = None,
    timezone: Annotated[str | None, typer.Option(help="The lead's IANA time zone.")] = None,
    playbook: Annotated[str | None, typer.Option(help="Name or path of the playbook.")] = None,
    server: Server = None,
) -> None:
    """Place a call through a running server and show its transcript as it goes."""
    from cli.client import ServerClient
    from cli.live import LiveTranscript

    lead = {key: value for key, value in {"name": name, "timezone": timezone}.items() if value}
    key = read_settings().environment.api_key

    async def run() -> None:
        async with ServerClient(server_url(server), key.get_secret_value() if key else None) as client:
            call_id = await client.place(to, lead=lead, playbook=playbook)
            screen = LiveTranscript(Console())
            async for event in client.follow(call_id):
                screen.show(event)

    asyncio.run(run())
