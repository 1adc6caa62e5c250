"""The HTTP side: Ollama's routes over an engine."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from llm.chat import PRIORITY_HEADER, Priority
from llm.embedded.engine import Engine, Finished, Piece
from llm.embedded.lines import LinesResponse, problem
from llm.embedded.wire import Line, WireChat, first_fault, last_line, line, loaded_line

_VOICE = Priority.VOICE.name.lower()


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What /api/tags says of the model."""

    name: str
    size: int
    modified_at: datetime
    version: str

    def answers_to(self, name: str) -> bool:
        """Whether a request for `name` means this model; no tag means `latest`."""
        return _tagged(name) == _tagged(self.name)


def create_app(engine: Engine, card: ModelCard, now: Callable[[], datetime]) -> Starlette:
    """Return the ASGI application."""
    chat = ChatRoute(engine, card, now)

    async def root(_: Request) -> Response:
        return PlainTextResponse("Ollama is running")

    async def version(_: Request) -> Response:
        return JSONResponse({"version": card.version})

    async def tags(_: Request) -> Response:
        entry = {
            "name": _tagged(card.name),
            "model": _tagged(card.name),
            "modified_at": card.modified_at.isoformat(),
            "size": card.size,
            "details": {"format": "gguf"},
        }
        return JSONResponse({"models": [entry]})

    return Starlette(
        routes=[
            Route("/", root, methods=["GET", "HEAD"]),
            Route("/api/version", version),
            Route("/api/tags", tags),
            Route("/api/chat", chat.handle, methods=["POST"]),
        ],
        exception_handlers={404: _plain_error, 405: _plain_error},
    )


class ChatRoute:
    """POST /api/chat."""

    def __init__(self, engine: Engine, card: ModelCard, now: Callable[[], datetime]) -> None:
        """Serve `card`'s model by `engine`; `now` stamps the answers."""
        self._engine, self._card, self._now = engine, card, now

    async def handle(self, request: Request) -> Response:
        """Answer with a stream of lines or one object."""
        try:
            body = WireChat.model_validate_json(await request.body())
        except ValidationError as error:
            return problem(400, first_fault(error))
        if not self._card.answers_to(body.model):
            return problem(404, f"model '{body.model}' not found")
        if refused := body.unsupported():
            return problem(400, f"{refused}: not supported by the embedded server")
        if not body.messages:
            return JSONResponse(loaded_line(body.model, self._now()))
        voice = request.headers.get(PRIORITY_HEADER, _VOICE) == _VOICE
        lines = self._stream(body, voice=voice) if body.stream else self._whole(body, voice=voice)
        return LinesResponse(lines)

    async def _stream(self, body: WireChat, *, voice: bool) -> AsyncGenerator[Line, None]:
        started = time.perf_counter_ns()
        async with aclosing(self._engine.generate(body.generation(voice=voice))) as steps:
            async for step in steps:
                if isinstance(step, Piece):
                    yield line(body.model, self._now(), step.text)
                elif isinstance(step, Finished):
                    yield last_line(line(body.model, self._now(), ""), step, time.perf_counter_ns() - started)

    async def _whole(self, body: WireChat, *, voice: bool) -> AsyncGenerator[Line, None]:
        started = time.perf_counter_ns()
        text = ""
        async with aclosing(self._engine.generate(body.generation(voice=voice))) as steps:
            async for step in steps:
                if isinstance(step, Piece):
                    text += step.text
                elif isinstance(step, Finished):
                    yield last_line(line(body.model, self._now(), text), step, time.perf_counter_ns() - started)


def _tagged(name: str) -> str:
    return name if ":" in name else f"{name}:latest"


async def _plain_error(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return PlainTextResponse(f"{status} {HTTPStatus(status).phrase.lower()}", status)
