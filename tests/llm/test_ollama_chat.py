from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from domain.errors import LeadlineError, ModelMissing, ModelOverloaded, ModelRejected, ModelUnavailable
from llm.admission import Admission
from llm.chat import ChatMetrics, ChatOptions, Message, MetricsSink, Priority
from llm.ollama_chat import OllamaChat, Patience
from tests.llm.stub_server import StubServer, answer, refusal, said, stub_server

ASK = [Message("system", "Be brief."), Message("user", "Hello?")]
QUICK = Patience(attempts=3, retry_initial_s=0.001, retry_max_s=0.05, silence_s=5.0)


@asynccontextmanager
async def chat_over(
    *responses: bytes, patience: Patience = QUICK, on_metrics: MetricsSink | None = None
) -> AsyncIterator[tuple[OllamaChat, StubServer]]:
    async with stub_server(*responses) as stub:
        chat = OllamaChat(stub.url, "m", patience=patience, on_metrics=on_metrics)
        yield chat, stub
        await chat.close()


async def collect(chat: OllamaChat, options: ChatOptions | None = None) -> list[str]:
    return [piece async for piece in chat.stream(ASK, options)]


async def test_the_request_carries_every_option() -> None:
    options = ChatOptions(max_tokens=9, temperature=0.2, stop=("\n",), seed=4, priority=Priority.BACKGROUND)
    async with chat_over(answer(said("", done=True))) as (chat, stub):
        await collect(chat, options)
    assert stub.bodies[0]["options"] == {"num_predict": 9, "temperature": 0.2, "stop": ["\n"], "seed": 4}
    assert stub.bodies[0]["keep_alive"] == -1
    assert stub.bodies[0]["messages"] == [{"role": each.role, "content": each.content} for each in ASK]
    assert "x-priority: background" in stub.heads[0]


async def test_metrics_come_from_the_last_object() -> None:
    seen: list[ChatMetrics] = []
    parts = answer(said("Good "), said("day."), said("", done=True))
    async with chat_over(parts, on_metrics=seen.append) as (chat, _):
        assert await collect(chat) == ["Good ", "day."]
    [metrics] = seen
    assert (metrics.prompt_tokens, metrics.output_tokens, metrics.tokens_per_s) == (7, 4, 40.0)
    assert metrics.first_token_ms is not None
    assert 0 < metrics.first_token_ms <= metrics.total_ms


async def test_text_in_the_last_object_is_not_lost() -> None:
    async with chat_over(answer(said("All of it", done=True))) as (chat, _):
        assert await collect(chat) == ["All of it"]


@pytest.mark.parametrize(
    ("response", "error"),
    [
        (refusal(404, "model 'm' not found"), ModelMissing),
        (refusal(400, "bad options"), ModelRejected),
        (refusal(500, "llama runner ended"), ModelUnavailable),
        (refusal(429, "slow down"), ModelOverloaded),
        (refusal(503, "server busy, please try again"), ModelOverloaded),
        (refusal(503, "loading"), ModelUnavailable),
        (b"HTTP/1.1 502 X\r\nContent-Length: 4\r\nConnection: close\r\n\r\n<ht>", ModelUnavailable),
        (b"HTTP/1.1 502 X\r\nContent-Length: 2\r\nConnection: close\r\n\r\n[]", ModelUnavailable),
        (b"gibberish\r\n\r\n", ModelUnavailable),
        (answer(said("cut")) + b'{"mess', ModelUnavailable),
        (answer({"error": "out of memory"}), ModelUnavailable),
        (answer(said("no end")), ModelUnavailable),
    ],
)
async def test_failures_are_told_apart(response: bytes, error: type[LeadlineError]) -> None:
    async with chat_over(response, patience=Patience(attempts=1)) as (chat, _):
        with pytest.raises(error):
            await collect(chat)


async def test_retry_after_is_kept_and_too_long_a_wait_is_not_made() -> None:
    async with chat_over(refusal(503, "later", Retry_After="7")) as (chat, stub):
        with pytest.raises(ModelOverloaded) as caught:
            await collect(chat)
    assert caught.value.retry_after_s == 7
    assert len(stub.heads) == 1


async def test_a_date_in_retry_after_counts_as_absent() -> None:
    date = "Wed, 21 Oct 2026 07:28:00 GMT"
    async with chat_over(refusal(429, "later", Retry_After=date), patience=Patience(attempts=1)) as (chat, _):
        with pytest.raises(ModelOverloaded) as caught:
            await collect(chat)
    assert caught.value.retry_after_s == 0.5


async def test_retries_until_the_first_piece() -> None:
    responses = [refusal(500, "x"), refusal(429, "x", Retry_After="0.01"), answer(said("Fine"), said("", done=True))]
    async with chat_over(*responses) as (chat, stub):
        assert await collect(chat) == ["Fine"]
    assert len(stub.heads) == 3


async def test_gives_up_after_the_last_attempt() -> None:
    async with chat_over(*[refusal(500, "x")] * 3) as (chat, stub):
        with pytest.raises(ModelUnavailable):
            await collect(chat)
    assert len(stub.heads) == 3


async def test_does_not_retry_what_is_wrong_for_good() -> None:
    async with chat_over(refusal(400, "x")) as (chat, stub):
        with pytest.raises(ModelRejected):
            await collect(chat)
    assert len(stub.heads) == 1


async def test_does_not_retry_once_a_piece_has_been_given() -> None:
    async with chat_over(answer(said("Half"))) as (chat, stub):
        pieces = chat.stream(ASK)
        assert await anext(pieces) == "Half"
        with pytest.raises(ModelUnavailable):
            await anext(pieces)
    assert len(stub.heads) == 1


async def test_an_unreachable_server_is_unavailable_and_unhealthy() -> None:
    async with stub_server() as stub:
        url = stub.url
    chat = OllamaChat(url, "m", patience=QUICK)
    with pytest.raises(ModelUnavailable, match="not reachable"):
        await collect(chat)
    assert not await chat.health()
    await chat.close()


async def test_the_deadline_ends_the_wait_and_hangs_up() -> None:
    async with chat_over(b"") as (chat, stub):
        with pytest.raises(ModelUnavailable, match=r"within 0\.05 s"):
            await collect(chat, ChatOptions(deadline=0.05))
        await asyncio.wait_for(stub.hung_up.wait(), 5)


async def test_a_silent_server_is_unavailable() -> None:
    async with chat_over(b"", patience=Patience(attempts=1, silence_s=0.05)) as (chat, _):
        with pytest.raises(ModelUnavailable, match="silent"):
            await collect(chat)


async def test_closing_the_stream_gives_its_place_back() -> None:
    admission = Admission(1)
    async with stub_server(answer(said("One "), said("two "), said("", done=True))) as stub:
        chat = OllamaChat(stub.url, "m", admission=admission)
        pieces = chat.stream(ASK)
        assert await anext(pieces) == "One "
        assert admission.free == 0
        await pieces.aclose()
        assert admission.free == 1
        await chat.close()


@pytest.mark.parametrize(("listed", "healthy"), [("m:latest", True), ("m", True), ("m:7b", False), ("other", False)])
async def test_health_asks_for_the_model(listed: str, healthy: bool) -> None:
    async with chat_over(answer({"models": [{"model": listed}]})) as (chat, _):
        assert await chat.health() is healthy
