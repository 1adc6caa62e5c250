"""The embedded server with a real model, through plain HTTP and through Ollama's own client."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from ollama import AsyncClient, ResponseError

from llm.chat import PRIORITY_HEADER
from llm.embedded.process import EmbeddedOllama
from tests.llm.conftest import MODEL

pytestmark = pytest.mark.models

ASK = [{"role": "user", "content": "Say hello to Bob."}]
PREFIX = [{"role": "system", "content": "You answer the phone for a bakery. " * 20}]
ESSAY = [{"role": "user", "content": "Write a very long essay about the history of bread."}]


@pytest.fixture
async def client(embedded: EmbeddedOllama) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=embedded.url, timeout=60) as client:
        yield client


async def ask(client: httpx.AsyncClient, messages: list[dict[str, str]], **options: object) -> dict[str, object]:
    body = {"model": MODEL, "messages": messages, "stream": False, "options": {"temperature": 0, **options}}
    answer = (await client.post("/api/chat", json=body)).json()
    assert isinstance(answer, dict)
    return answer


async def test_counts_and_durations(client: httpx.AsyncClient) -> None:
    answer = await ask(client, ASK, num_predict=8)
    assert answer["eval_count"] == 8
    assert answer["done_reason"] == "length"
    assert 10 < int(str(answer["prompt_eval_count"])) < 60
    durations = [int(str(answer[name])) for name in ("prompt_eval_duration", "eval_duration", "total_duration")]
    assert all(0 < duration < 60e9 for duration in durations)
    assert durations[0] + durations[1] <= durations[2] * 1.1


async def test_the_prompt_is_counted_whole_when_it_is_cached(client: httpx.AsyncClient) -> None:
    first, second = await ask(client, ASK, num_predict=2), await ask(client, ASK, num_predict=2)
    assert first["prompt_eval_count"] == second["prompt_eval_count"]
    assert int(str(second["prompt_cached_count"])) > 0


async def test_ends_by_itself(client: httpx.AsyncClient) -> None:
    answer = await ask(client, [{"role": "user", "content": "Answer with one word: what colour is the sky?"}])
    assert answer["done_reason"] == "stop"
    assert "<|" not in str(answer["message"])


async def test_stop_strings(client: httpx.AsyncClient) -> None:
    counting = [{"role": "user", "content": "Count: 1, 2, 3, 4, 5, 6, 7, 8"}]
    whole = await ask(client, counting, num_predict=30)
    text = dict(whole["message"])["content"]  # type: ignore[call-overload]
    stop = text[len(text) // 2 :][:3]
    cut = await ask(client, counting, num_predict=30, stop=[stop])
    assert cut["done_reason"] == "stop"
    assert stop not in str(dict(cut["message"])["content"])  # type: ignore[call-overload]


async def test_a_seed_makes_it_repeatable(client: httpx.AsyncClient) -> None:
    poem = [{"role": "user", "content": "Write a line of poetry."}]
    await ask(client, poem, num_predict=1)
    same = [await ask(client, poem, num_predict=12, temperature=1.5, seed=7) for _ in range(2)]
    other = await ask(client, poem, num_predict=12, temperature=1.5, seed=8)
    assert same[0]["message"] == same[1]["message"]
    assert other["message"] != same[0]["message"]


async def test_a_prompt_beyond_the_context_is_refused(client: httpx.AsyncClient) -> None:
    body = {"model": MODEL, "messages": [{"role": "user", "content": "word " * 4000}]}
    response = await client.post("/api/chat", json=body)
    assert response.status_code == 400
    assert "context" in response.json()["error"]


async def test_the_prefix_stays_cached_and_background_work_leaves_it_there(client: httpx.AsyncClient) -> None:
    await ask(client, PREFIX, num_predict=1)
    body = {"model": MODEL, "messages": ESSAY, "stream": False, "options": {"num_predict": 2}}
    background = await client.post("/api/chat", json=body, headers={PRIORITY_HEADER: "background"})
    assert background.status_code == 200
    answer = await ask(client, [*PREFIX, {"role": "user", "content": "Are you open on Sunday?"}], num_predict=1)
    fresh = int(str(answer["prompt_eval_count"])) - int(str(answer["prompt_cached_count"]))
    assert int(str(answer["prompt_cached_count"])) > 140
    assert fresh < 25


@pytest.mark.parametrize("after_lines", [0, 2], ids=["while it reads the prompt", "while it writes"])
async def test_hanging_up_frees_the_slot(client: httpx.AsyncClient, after_lines: int) -> None:
    messages = [{"role": "system", "content": f"Rule {after_lines}. " + "Be wordy and slow. " * 250}, *ESSAY]
    endless = {"model": MODEL, "messages": messages if not after_lines else ESSAY, "options": {"num_predict": 1500}}
    if after_lines:
        async with client.stream("POST", "/api/chat", json=endless) as response:
            lines = response.aiter_lines()
            for _ in range(after_lines):
                await anext(lines)
    else:
        with pytest.raises(httpx.ReadTimeout):
            await client.post("/api/chat", json=endless, timeout=httpx.Timeout(10, read=0.3))
    async with asyncio.timeout(10):
        assert (await ask(client, ASK, num_predict=2))["eval_count"] == 2


async def test_bad_json_and_an_unknown_model(client: httpx.AsyncClient) -> None:
    assert (await client.post("/api/chat", content=b"{")).status_code == 400
    response = await client.post("/api/chat", json={"model": "nobody", "messages": ASK})
    assert (response.status_code, response.json()) == (404, {"error": "model 'nobody' not found"})


async def test_ollamas_client_lists_and_streams(embedded: EmbeddedOllama) -> None:
    async with AsyncClient(embedded.url) as ollama:
        assert [model.model for model in (await ollama.list()).models] == [f"{MODEL}:latest"]
        parts = [
            part
            async for part in await ollama.chat(MODEL, ASK, stream=True, options={"num_predict": 5, "temperature": 0})
        ]
    assert [part.done for part in parts] == [False] * (len(parts) - 1) + [True]
    assert parts[-1].eval_count == 5
    assert "".join(part.message.content or "" for part in parts).startswith("Hello")


async def test_ollamas_client_sees_a_missing_model(embedded: EmbeddedOllama) -> None:
    async with AsyncClient(embedded.url) as ollama:
        with pytest.raises(ResponseError, match="not found") as caught:
            await ollama.chat("nobody", ASK)
    assert caught.value.status_code == 404


async def test_llama_cpps_own_port_is_closed_to_others(embedded: EmbeddedOllama) -> None:
    ports = _listening_ports(embedded.pid) - {int(embedded.url.rsplit(":", 1)[1])}
    async with httpx.AsyncClient() as client:
        for port in ports:
            response = await client.post(f"http://127.0.0.1:{port}/completion", content=json.dumps({"prompt": "x"}))
            assert response.status_code == 401


def _listening_ports(pid: int | None) -> set[int]:
    """Read the ports on which a process listens from Linux's tables."""
    inodes = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        target = str(link.readlink()) if link.is_symlink() else ""
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    rows = [row.split() for row in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]]
    return {int(row[1].split(":")[1], 16) for row in rows if row[3] == "0A" and row[9] in inodes}
