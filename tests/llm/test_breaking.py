"""The breaker around a model: failures in a row rest it, one good answer brings it back."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from domain.errors import ModelUnavailable
from llm.breaking import BreakingChat
from llm.chat import Message
from resilience.breaker import Breaker, BreakerState
from tests.fakes.clock import ManualClock
from tests.fakes.llm import Scripted, ScriptedChat

ASK = [Message("user", "Hello?")]
DOWN = Scripted(fails=ModelUnavailable("gone"))


async def ask(chat: BreakingChat) -> str:
    async with aclosing(chat.stream(ASK)) as pieces:
        return "".join([piece async for piece in pieces])


async def test_after_failures_in_a_row_the_model_rests(clock: ManualClock) -> None:
    inner = ScriptedChat([DOWN, DOWN, "Back again."])
    chat = BreakingChat(inner, Breaker(failures=2, rest_s=10), clock.monotonic)
    for _ in range(2):
        with pytest.raises(ModelUnavailable, match="gone"):
            await ask(chat)
    with pytest.raises(ModelUnavailable, match="rests"):
        await ask(chat)
    assert len(inner.requests) == 2
    clock.advance(10)
    assert await ask(chat) == "Back again."


async def test_a_good_answer_forgets_failures(clock: ManualClock) -> None:
    inner = ScriptedChat([DOWN, "Fine.", DOWN, "Fine."])
    chat = BreakingChat(inner, Breaker(failures=2, rest_s=10), clock.monotonic)
    for _ in range(2):
        with pytest.raises(ModelUnavailable):
            await ask(chat)
        assert await ask(chat) == "Fine."


async def test_a_caller_that_gives_up_neither_opens_nor_blocks_the_breaker(clock: ManualClock) -> None:
    breaker = Breaker(failures=1, rest_s=10)
    asked = asyncio.Event()

    def answer(_: object) -> str:
        asked.set()
        return "Late."

    inner = ScriptedChat([DOWN, Scripted(answer, gate=asyncio.Event()), "Fine."])
    chat = BreakingChat(inner, breaker, clock.monotonic)
    with pytest.raises(ModelUnavailable):
        await ask(chat)
    clock.advance(10)
    waiting = asyncio.create_task(ask(chat))
    await asked.wait()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert breaker.state(clock.monotonic()) is BreakerState.HALF_OPEN
    assert await ask(chat) == "Fine."


async def test_the_rest_is_passed_through(clock: ManualClock) -> None:
    inner = ScriptedChat()
    chat = BreakingChat(inner, Breaker(failures=1, rest_s=10), clock.monotonic)
    await chat.warm(ASK)
    assert inner.warmed == [tuple(ASK)]
    assert await chat.health()
    await chat.close()
    assert inner.closed
