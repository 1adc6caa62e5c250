"""Real words of the shipped model on the shipped prompt: facts and question survive, and most lines are fitted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from agents.understanding.numbers import find_numbers
from llm.embedded.process import EmbeddedOllama
from llm.embedded.requantize import fast_copy
from llm.ollama_chat import OllamaChat
from tests.agents.support import Talk
from weights.store import ModelStore

pytestmark = pytest.mark.models

MODEL = "qwen2.5-coder-0.5b-instruct"
LOADED_S = 5.0
"""A first clause's time on a machine that runs other tests beside."""
BAR = 0.6
CALLS = (
    (
        "Yeah, hi. Sure, go ahead.",
        "Somewhere in Riverside, ideally.",
        "Two bedrooms would be perfect.",
        "Around four hundred thousand dollars.",
        "I'd like to move within the next two months.",
        "I'm already pre-approved for a mortgage.",
    ),
    (
        "Yes, hello.",
        "We want three bedrooms and two baths around Hillcrest, and we have a dog.",
        "We can go up to half a million if it's the right place.",
        "No rush, maybe next year.",
        "No, not yet.",
    ),
    (
        "Okay, what do you need?",
        "I don't know yet.",
        "Just one.",
        "About three fifty, maybe less.",
        "As soon as possible.",
        "Cash.",
    ),
)


@pytest.fixture(scope="module")
def model_file(models: ModelStore, models_cache: Path) -> Path:
    return fast_copy(models.path(MODEL), models_cache / "fast")


@pytest.fixture
async def model(model_file: Path) -> AsyncIterator[OllamaChat]:
    async with EmbeddedOllama(model_file, MODEL) as server:
        chat = OllamaChat(server.url, MODEL)
        yield chat
        await chat.close()


async def test_facts_and_question_survive(talk: Callable[..., Talk], model: OllamaChat) -> None:
    meant = fitted = 0
    for number, said in enumerate(CALLS):
        plain, worded = talk(call_id=f"plain-{number}"), talk(model=model, deadline_s=LOADED_S, call_id=f"{number}")
        await asyncio.gather(plain.begin(), worded.begin())
        for text in said:
            await asyncio.gather(plain.say(text), worded.say(text))
            vetted, replies = plain.last, worded.last
            assert replies[-1].text == vetted[-1].text
            if any(reply.wording == "model" or reply.fallback for reply in replies):
                meant += 1
            if replies[0].wording == "model":
                fitted += 1
                assert "?" not in replies[0].text
                spoken = {number.value for number in find_numbers(text)}
                assert {number.value for number in find_numbers(replies[0].text)} <= spoken | {1.0}
    assert meant >= 12
    assert fitted / meant >= BAR
