"""What every chat model keeps to: the fake and the real one over two servers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing

import pytest

from domain.errors import ModelUnavailable
from llm.chat import ChatMetrics, ChatModel, ChatOptions, Message
from llm.embedded.app import create_app
from llm.ollama_chat import OllamaChat
from tests.fakes.llm import ScriptedChat, ScriptedEngine
from tests.llm.conftest import MODEL
from tests.llm.serving import CARD, NOW, serving

ASK = [Message("system", "You are brief."), Message("user", "Count from one to nine in words.")]
SPOKEN = "One, two, three, four, five, six, seven, eight, nine."
GREEDY = ChatOptions(max_tokens=12, temperature=0.0)


@pytest.fixture
def metrics() -> list[ChatMetrics]:
    return []


@pytest.fixture(params=["fake", "ollama", pytest.param("embedded", marks=pytest.mark.models)])
def backend(request: pytest.FixtureRequest) -> str:
    """The kind of model, or the address of the real one."""
    return str(request.getfixturevalue("embedded").url if request.param == "embedded" else request.param)


@pytest.fixture
async def chat(backend: str, metrics: list[ChatMetrics]) -> AsyncIterator[ChatModel]:
    async with AsyncExitStack() as stack:
        if backend == "fake":
            yield ScriptedChat(otherwise=SPOKEN, on_metrics=metrics.append)
            return
        name = MODEL
        if backend == "ollama":
            name = CARD.name
            backend = await stack.enter_async_context(serving(create_app(ScriptedEngine(SPOKEN), CARD, lambda: NOW)))
        model = OllamaChat(backend, name, on_metrics=metrics.append)
        stack.push_async_callback(model.close)
        yield model


async def say(chat: ChatModel, options: ChatOptions) -> list[str]:
    return [piece async for piece in chat.stream(ASK, options)]


class TestChatModel:
    async def test_streams_more_than_one_piece(self, chat: ChatModel) -> None:
        pieces = await say(chat, GREEDY)
        assert len(pieces) > 1
        assert all(pieces)

    async def test_stops_at_the_limit(self, chat: ChatModel) -> None:
        assert len(await say(chat, ChatOptions(max_tokens=3, temperature=0.0))) <= 3

    async def test_stops_before_a_stop_string(self, chat: ChatModel) -> None:
        whole = "".join(await say(chat, GREEDY))
        stop = whole[len(whole) // 2 :][:4]
        cut = "".join(await say(chat, ChatOptions(max_tokens=12, temperature=0.0, stop=(stop,))))
        assert stop not in cut
        assert whole.startswith(cut)

    async def test_reports_metrics_of_a_finished_request(self, chat: ChatModel, metrics: list[ChatMetrics]) -> None:
        await say(chat, ChatOptions(max_tokens=4))
        [seen] = metrics
        assert seen.prompt_tokens > 0
        assert 0 < seen.output_tokens <= 4
        assert seen.total_ms >= (seen.first_token_ms or 0.0)

    async def test_closing_early_leaves_it_ready_for_the_next(
        self, chat: ChatModel, metrics: list[ChatMetrics]
    ) -> None:
        async with aclosing(chat.stream(ASK, GREEDY)) as pieces:
            await anext(pieces)
        assert metrics == []
        assert await say(chat, ChatOptions(max_tokens=3))

    async def test_a_deadline_that_has_passed(self, chat: ChatModel) -> None:
        with pytest.raises(ModelUnavailable):
            await say(chat, ChatOptions(deadline=0.0))

    async def test_warm_then_stream(self, chat: ChatModel) -> None:
        await chat.warm(ASK[:1])
        assert await say(chat, GREEDY)

    async def test_is_healthy(self, chat: ChatModel) -> None:
        assert await chat.health()
