"""The REST client against a small server, and against none."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from cli.client import ServerClient
from domain.errors import InvalidInput, LeadlineError, MissingPart, Refused, Suppressed
from tests.fakes.call_events import ready_buyer

Answer = Callable[[Request], Awaitable[Response]]


@asynccontextmanager
async def serving(answer: Answer) -> AsyncIterator[str]:
    app = Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST"])])
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", ws="none"))
    listener = socket.create_server(("127.0.0.1", 0))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


def always(*answers: Response) -> Answer:
    """Give the answers in turn, the last one for ever."""
    left: Sequence[Response] = list(answers)
    asked = 0

    async def answer(_: Request) -> Response:
        nonlocal asked
        asked += 1
        return left[min(asked, len(left)) - 1]

    return answer


def problem(status: int, **fields: str) -> Response:
    return JSONResponse({"type": "about:blank", **fields}, status, media_type="application/problem+json")


async def test_a_call_is_placed_with_key_lead_and_playbook() -> None:
    asked: list[tuple[str | None, object]] = []

    async def answer(request: Request) -> Response:
        asked.append((request.headers.get("authorization"), await request.json()))
        return JSONResponse({"call_id": "c1"}, 201)

    async with serving(answer) as url, ServerClient(url, "k1") as client:
        assert await client.place("+14155550101", lead={"name": "Ann"}, playbook="mine") == "c1"
    assert asked == [("Bearer k1", {"to": "+14155550101", "lead": {"name": "Ann"}, "playbook": "mine"})]


@pytest.mark.parametrize(
    ("answer", "kind", "says"),
    [
        (problem(409, reason="suppressed", detail="the number opted out"), Suppressed, "the number opted out"),
        (problem(409, reason="closed", detail="not at this hour"), Refused, "not at this hour"),
        (problem(422, detail="'1' is no phone number"), InvalidInput, "no phone number"),
        (problem(401, title="Unauthorized"), InvalidInput, "Unauthorized"),
        (problem(503, detail="still warming up"), MissingPart, "still warming up"),
        (problem(500, title="Internal error"), LeadlineError, "Internal error"),
        (PlainTextResponse("<html>", 502), LeadlineError, "answered 502"),
        (PlainTextResponse("no json", 500, media_type="application/json"), LeadlineError, "answered 500"),
        (JSONResponse(["no", "problem"], 500), LeadlineError, "answered 500"),
        (PlainTextResponse("hello"), LeadlineError, "no Leadline server"),
        (JSONResponse({"other": 1}), LeadlineError, "no Leadline server"),
        (JSONResponse([]), LeadlineError, "no Leadline server"),
    ],
)
async def test_a_refusal_is_an_error_with_the_servers_words(
    answer: Response, kind: type[LeadlineError], says: str
) -> None:
    async with serving(always(answer)) as url, ServerClient(url) as client:
        with pytest.raises(kind, match=says):
            await client.place("+14155550101", lead={})


async def test_the_servers_advice_reaches_the_user() -> None:
    answer = problem(503, detail="model 'x' is missing", mend="leadline models pull x")
    async with serving(always(answer)) as url, ServerClient(url) as client:
        with pytest.raises(MissingPart) as missing:
            await client.place("+14155550101", lead={})
    assert missing.value.mend == "leadline models pull x"


async def test_events_are_followed_to_the_end_each_once() -> None:
    events = ready_buyer()
    lines = [json.dumps(event.to_json()) for event in events]
    parts = [PlainTextResponse("\n".join(lines[:count]) + "\n") for count in (1, 1, 4, len(lines))]
    async with serving(always(*parts)) as url, ServerClient(url) as client:
        followed = [event async for event in client.follow("c1")]
    assert followed == events


@pytest.mark.parametrize("body", ["no event\n", '{"seq": 1}\n', "[]\n"])
async def test_events_that_are_none_are_an_error(body: str) -> None:
    async with serving(always(PlainTextResponse(body))) as url, ServerClient(url) as client:
        with pytest.raises(LeadlineError, match="no Leadline server"):
            await client.events("c1")


async def test_a_download_lands_in_its_file(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "call.wav"
    async with serving(always(Response(b"RIFF"))) as url, ServerClient(url) as client:
        await client.download("/calls/c1/recording", target)
    assert target.read_bytes() == b"RIFF"


async def test_readiness_is_awaited_and_what_is_missing_is_named() -> None:
    warming = JSONResponse({"ready": False, "checks": {"llm": "warming", "stt": "ok"}}, 503)
    ready = JSONResponse({"ready": True, "checks": {"llm": "ok", "stt": "ok"}})
    async with serving(always(warming, ready)) as url, ServerClient(url) as client:
        assert (await client.wait_ready(10))["ready"]
    async with serving(always(warming)) as url, ServerClient(url) as client:
        with pytest.raises(MissingPart, match="llm warming") as missing:
            await client.wait_ready(0.3)
    assert missing.value.mend == "run: leadline doctor"


async def test_another_server_is_told_apart_from_ours() -> None:
    async with serving(always(PlainTextResponse("hello"))) as url, ServerClient(url) as client:
        with pytest.raises(LeadlineError, match="no Leadline server"):
            await client.wait_ready(5)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "nonsense", "http://[bad", "ftp://127.0.0.1"])
async def test_without_a_server_the_way_to_start_one_is_told(url: str) -> None:
    with pytest.raises(MissingPart, match="no server answers") as missing:
        async with ServerClient(url) as client:
            await client.place("+14155550101", lead={})
    assert missing.value.mend == "start one with: leadline serve"
