"""`leadline transcribe`: a recording's words."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cli.options import JsonOut, read_settings


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("transcribe")(transcribe)


def transcribe(
    wav: Annotated[Path, typer.Argument(help="A WAV file; of several channels the first is taken.")],
    language: Annotated[str | None, typer.Option(help="ISO 639-1 code; detected when not given.")] = None,
    json_out: JsonOut = None,
) -> None:
    """Recognise a WAV file."""
    from bootstrap.models import model_store, recogniser
    from cli.figures import write_json
    from cli.wav import read_wav
    from domain.turn import Transcript

    pcm, rate = read_wav(wav)
    settings = read_settings()

    async def run() -> Transcript:
        async with recogniser(settings, model_store(settings)) as stt:
            return await stt.transcribe(pcm, sample_rate=rate, language=language)

    heard = asyncio.run(run())
    typer.echo(heard.text)
    if json_out is not None:
        write_json(json_out, asdict(heard))
