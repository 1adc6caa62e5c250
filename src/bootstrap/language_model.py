"""The language model: a configured Ollama server, or the embedded one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from llm.admission import Admission
from llm.breaking import BreakingChat
from llm.embedded.process import EmbeddedOllama
from llm.embedded.requantize import fast_copy
from llm.embedded.tuning import Tuning
from llm.ollama_chat import OllamaChat
from resilience.breaker import Breaker
from settings.load import Settings
from weights.store import ModelStore


@asynccontextmanager
async def chat_model(settings: Settings, store: ModelStore) -> AsyncIterator[BreakingChat]:
    """Give the chat model for as long as the block lasts; starts the embedded server where none is configured.

    Raises:
        ModelMissing: the embedded server's model isn't here.
        ModelUnavailable: the embedded server did not come up.
    """
    name = settings.environment.model
    host = settings.environment.ollama_host
    if host is not None:
        async with _client(host, name, settings) as chat:
            yield chat
        return
    tuning = replace(Tuning(), threads=settings.llm.threads, context=settings.llm.context_tokens)
    # The copy takes a quarter of a minute, once.
    model_file = await asyncio.to_thread(fast_copy, store.path(name), settings.model_cache / "fast")
    async with (
        EmbeddedOllama(model_file, name, tuning=tuning) as server,
        _client(server.url, name, settings) as chat,
    ):
        yield chat


@asynccontextmanager
async def _client(host: str, name: str, settings: Settings) -> AsyncIterator[BreakingChat]:
    admission = Admission(settings.llm.concurrency, background_limit=settings.llm.queue)
    breaker = Breaker(failures=settings.llm.breaker_failures, rest_s=settings.llm.breaker_rest_s)
    chat = BreakingChat(OllamaChat(host, name, admission=admission), breaker, time.monotonic)
    try:
        yield chat
    finally:
        await chat.close()
