from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from domain.errors import ModelOverloaded, ModelUnavailable
from llm.chat import ChatOptions, Message
from tests.fakes.llm import Scripted, ScriptedChat

ASK = [Message("user", "Hello?")]


async def say(chat: ScriptedChat, options: ChatOptions | None = None) -> str:
    return "".join([piece async for piece in chat.stream(ASK, options)])


async def test_gives_the_script_in_order_then_the_rest() -> None:
    chat = ScriptedChat(["One.", lambda messages: messages[-1].content.upper()], otherwise="Fine.")
    assert [await say(chat) for _ in range(4)] == ["One.", "HELLO?", "Fine.", "Fine."]
    assert len(chat.requests) == 4


async def test_waits_for_its_gate() -> None:
    gate = asyncio.Event()
    chat = ScriptedChat([Scripted("Late.", gate=gate)])
    with pytest.raises(ModelUnavailable):
        await say(chat, ChatOptions(deadline=0.01))
    gate.set()
    assert await say(chat) == "All right."


@pytest.mark.parametrize(("after", "given"), [(0, []), (1, ["Half"])])
async def test_fails_as_scripted(after: int, given: list[str]) -> None:
    overloaded = ModelOverloaded("busy", retry_after_s=1)
    chat = ScriptedChat([Scripted("Half of it", fails=overloaded, fails_after=after)])
    seen = []
    with pytest.raises(ModelOverloaded):
        async for piece in chat.stream(ASK):
            seen.append(piece)
    assert seen == given


async def test_counts_what_runs_and_what_was_cancelled() -> None:
    chat = ScriptedChat(["One two three."])
    async with aclosing(chat.stream(ASK)) as pieces:
        await anext(pieces)
        assert chat.running == 1
    assert (chat.running, chat.cancelled) == (0, 1)


async def test_refuses_when_down_or_closed() -> None:
    chat = ScriptedChat(healthy=False)
    with pytest.raises(ModelUnavailable):
        await chat.warm(ASK)
    chat.healthy = True
    await chat.warm(ASK)
    assert chat.warmed == [tuple(ASK)]
    await chat.close()
    assert not await chat.health()
    with pytest.raises(ModelUnavailable):
        await say(chat)
