from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest

from llm.chat import PRIORITY_HEADER
from llm.embedded.app import create_app
from llm.embedded.engine import EngineError
from tests.fakes.llm import ScriptedEngine
from tests.llm.serving import CARD, NOW, serving

ASK = [{"role": "user", "content": "Hello there"}]


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine()


@pytest.fixture
async def client(engine: ScriptedEngine) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(create_app(engine, CARD, lambda: NOW)) as url, httpx.AsyncClient(base_url=url) as client:
        yield client


async def test_root_version_and_tags(client: httpx.AsyncClient) -> None:
    assert (await client.get("/")).text == "Ollama is running"
    assert (await client.head("/")).status_code == 200
    assert (await client.get("/api/version")).json() == {"version": "1.2.3"}
    [entry] = (await client.get("/api/tags")).json()["models"]
    assert (entry["name"], entry["size"], entry["modified_at"]) == ("tiny:latest", 123, NOW.isoformat())


async def test_a_stream_is_one_object_a_line(client: httpx.AsyncClient) -> None:
    response = await client.post("/api/chat", json={"model": "tiny", "messages": ASK})
    assert response.headers["content-type"] == "application/x-ndjson"
    *parts, last = [json.loads(each) for each in response.text.splitlines()]
    assert "".join(part["message"]["content"] for part in parts) == "I see. Shall we talk?"
    assert not any(part["done"] for part in parts)
    assert (last["done"], last["done_reason"], last["message"]["content"]) == (True, "stop", "")
    assert (last["prompt_eval_count"], last["eval_count"]) == (2, 5)
    assert (last["prompt_eval_duration"], last["eval_duration"]) == (1_000, 2_000)
    assert last["total_duration"] > 0
    assert last["created_at"] == NOW.isoformat()


async def test_without_streaming_it_is_one_object(client: httpx.AsyncClient) -> None:
    body = {"model": "tiny:latest", "messages": ASK, "stream": False, "options": {"num_predict": 2}}
    whole = (await client.post("/api/chat", json=body)).json()
    assert whole["message"] == {"role": "assistant", "content": "I see."}
    assert (whole["done"], whole["done_reason"], whole["eval_count"]) == (True, "length", 2)


async def test_options_reach_the_engine(client: httpx.AsyncClient, engine: ScriptedEngine) -> None:
    options = {
        "temperature": 0,
        "top_p": 0.5,
        "top_k": 7,
        "seed": 3,
        "stop": "Shall",
        "num_predict": 9,
        "num_ctx": 4096,
    }
    body = {"model": "tiny", "messages": ASK, "options": options}
    await client.post("/api/chat", json=body, headers={PRIORITY_HEADER: "background"})
    [generation] = engine.generations
    assert generation.sampling == {"temperature": 0, "top_p": 0.5, "top_k": 7, "seed": 3}
    assert (generation.stop, generation.max_tokens, generation.voice) == (["Shall"], 9, False)


async def test_defaults_are_ollamas(client: httpx.AsyncClient, engine: ScriptedEngine) -> None:
    await client.post("/api/chat", json={"model": "tiny", "messages": ASK, "options": {"num_predict": -1}})
    [generation] = engine.generations
    assert generation.sampling == {"temperature": 0.8, "top_p": 0.9, "top_k": 40}
    assert (generation.stop, generation.max_tokens, generation.voice) == ([], None, True)


async def test_no_messages_only_loads(client: httpx.AsyncClient, engine: ScriptedEngine) -> None:
    answer = (await client.post("/api/chat", json={"model": "tiny", "messages": []})).json()
    assert (answer["done"], answer["done_reason"]) == (True, "load")
    assert engine.generations == []


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (b"{", 400, "Invalid JSON"),
        (b"{}", 400, "model: Field required"),
        (b'{"model": "other", "messages": []}', 404, "model 'other' not found"),
        (b'{"model": "tiny", "messages": [{"role": "alien", "content": ""}]}', 400, "messages.0.role"),
        (b'{"model": "tiny", "options": {"temperature": -1}}', 400, "options.temperature"),
        (b'{"model": "tiny", "format": "json"}', 400, "format: not supported"),
        (b'{"model": "tiny", "tools": [{}]}', 400, "tools: not supported"),
        (b'{"model": "tiny", "messages": [{"role": "user", "images": ["x"]}]}', 400, "images: not supported"),
    ],
)
async def test_bad_requests(client: httpx.AsyncClient, body: bytes, status: int, words: str) -> None:
    response = await client.post("/api/chat", content=body)
    assert response.status_code == status
    assert words in response.json()["error"]


async def test_unknown_routes_and_methods(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/nothing")).status_code == 404
    assert (await client.get("/api/chat")).status_code == 405


async def test_an_engines_refusal_is_the_status(client: httpx.AsyncClient, engine: ScriptedEngine) -> None:
    engine.refuses = EngineError("the prompt is too long", status=400)
    response = await client.post("/api/chat", json={"model": "tiny", "messages": ASK})
    assert (response.status_code, response.json()) == (400, {"error": "the prompt is too long"})


async def test_a_break_in_the_stream_is_its_last_line(client: httpx.AsyncClient, engine: ScriptedEngine) -> None:
    engine.breaks = EngineError("out of memory", status=500)
    response = await client.post("/api/chat", json={"model": "tiny", "messages": ASK})
    assert response.status_code == 200
    assert json.loads(response.text.splitlines()[-1]) == {"error": "out of memory"}


@pytest.mark.parametrize("stream", [True, False])
async def test_hanging_up_stops_the_engine(client: httpx.AsyncClient, engine: ScriptedEngine, stream: bool) -> None:
    engine.gate = asyncio.Event()
    body = {"model": "tiny", "messages": ASK, "stream": stream}
    request = asyncio.create_task(client.post("/api/chat", json=body))
    await asyncio.wait_for(engine.started.wait(), 5)
    assert not engine.stopped.is_set()
    request.cancel()
    await asyncio.wait_for(engine.stopped.wait(), 5)
