"""Loads the model and serves it on loopback until told to stop."""

from __future__ import annotations

import json
import socket
import sys
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
import xllamacpp

from llm.embedded.app import ModelCard, create_app
from llm.embedded.llama_engine import LlamaEngine
from llm.embedded.tuning import Tuning

_HOST = "127.0.0.1"
_GRACE_S = 1


@dataclass(frozen=True, slots=True)
class Offer:
    """What to serve and where; port 0 picks a free one."""

    model_file: Path
    name: str
    tuning: Tuning
    port: int


async def serve(offer: Offer, *, until_stdin_closes: bool) -> None:
    """Print one line of JSON with the address once ready, then serve until SIGTERM.

    With `until_stdin_closes` the end of the standard input, hence the parent's death, stops it too.
    """
    with socket.create_server((_HOST, offer.port)) as listener:
        engine = LlamaEngine(offer.model_file, offer.tuning)
        app = create_app(engine, _card(offer), lambda: datetime.now(UTC))
        server = uvicorn.Server(
            uvicorn.Config(
                app, log_level="warning", access_log=False, lifespan="off", timeout_graceful_shutdown=_GRACE_S
            )
        )
        if until_stdin_closes:
            _stop_with_stdin(server)
        _announce(f"http://{_HOST}:{listener.getsockname()[1]}")
        try:
            await server.serve(sockets=[listener])
        finally:
            await engine.close()


def _card(offer: Offer) -> ModelCard:
    stat = offer.model_file.stat()
    modified_at = datetime.fromtimestamp(stat.st_mtime, UTC)
    return ModelCard(name=offer.name, size=stat.st_size, modified_at=modified_at, version=xllamacpp.__version__)


def _announce(url: str) -> None:
    sys.stdout.write(json.dumps({"event": "listening", "url": url}) + "\n")
    sys.stdout.flush()


def _stop_with_stdin(server: uvicorn.Server) -> None:
    def watch() -> None:
        sys.stdin.buffer.read()
        server.should_exit = True

    threading.Thread(target=watch, name="parent", daemon=True).start()
