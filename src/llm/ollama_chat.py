"""A chat model behind Ollama's API."""

from __future__ import annotations

import json
import time
from asyncio import timeout
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass
from typing import cast

import httpx
import stamina
from ollama import AsyncClient, ChatResponse, ResponseError

from domain.errors import LeadlineError, ModelOverloaded, ModelUnavailable
from llm.admission import Admission
from llm.chat import PRIORITY_HEADER, ChatMetrics, ChatOptions, Message, MetricsSink, Priority
from llm.ollama_errors import error_hook, failure

_NS_PER_S = 1e9
_BROKEN = (httpx.HTTPError, ResponseError, json.JSONDecodeError)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for the server and how often to ask; times in seconds.

    Another attempt is made before the first piece only. A server that names a wait longer than `retry_max_s` is not
    asked again. `silence_s` bounds the wait between two pieces of an answer.
    """

    attempts: int = 3
    retry_initial_s: float = 0.05
    retry_max_s: float = 1.0
    connect_s: float = 2.0
    silence_s: float = 30.0

    def backoff(self, error: Exception) -> bool | float:
        """Return whether to retry after `error`, or after how many seconds."""
        if isinstance(error, ModelOverloaded):
            return error.retry_after_s if error.retry_after_s <= self.retry_max_s else False
        return isinstance(error, ModelUnavailable)


class OllamaChat:
    """Streams the answers of `model` from the Ollama server at `host`; implements `ChatModel`."""

    def __init__(
        self,
        host: str,
        model: str,
        *,
        admission: Admission | None = None,
        patience: Patience | None = None,
        on_metrics: MetricsSink | None = None,
    ) -> None:
        """Connect lazily; share one `admission` among the models of one server."""
        self.model = model
        self._patience = patience or Patience()
        self._clients = {
            priority: AsyncClient(
                host,
                timeout=httpx.Timeout(self._patience.silence_s, connect=self._patience.connect_s),
                headers={PRIORITY_HEADER: priority.name.lower()},
                event_hooks={"response": [error_hook(model)]},
            )
            for priority in Priority
        }
        self._admission = admission or Admission(2)
        self._on_metrics = on_metrics

    async def warm(self, messages: Sequence[Message]) -> None:
        """Prefill `messages` by asking for one token after them."""
        async with aclosing(self.stream(messages, ChatOptions(max_tokens=1, temperature=0.0))) as pieces:
            async for _ in pieces:
                pass

    async def stream(
        self, messages: Sequence[Message], options: ChatOptions | None = None
    ) -> AsyncGenerator[str, None]:
        """Yield the answer piece by piece; see `ChatModel.stream`."""
        chosen = options or ChatOptions()
        async with AsyncExitStack() as stack:
            try:
                async with timeout(chosen.deadline):
                    await stack.enter_async_context(self._admission.place(chosen.priority))
                    started = time.monotonic()
                    parts, part = await self._begin(messages, chosen)
            except TimeoutError:
                raise ModelUnavailable(f"model gave nothing within {chosen.deadline} s") from None
            await stack.enter_async_context(aclosing(parts))
            first_token_ms = _elapsed_ms(started) if part.message.content else None
            while not part.done:
                if part.message.content:
                    yield part.message.content
                part = await _next(parts)
            if part.message.content:
                yield part.message.content
            self._report(part, first_token_ms, _elapsed_ms(started))

    async def health(self) -> bool:
        """Return whether the server answers and lists the model."""
        try:
            listing = await self._clients[Priority.BACKGROUND].list()
        except (*_BROKEN, ConnectionError, LeadlineError):
            return False
        return any(_same_model(self.model, entry.model or "") for entry in listing.models)

    async def close(self) -> None:
        """Close the connections."""
        for client in self._clients.values():
            await client.close()  # type: ignore[no-untyped-call]  # the package leaves it unannotated

    async def _begin(
        self, messages: Sequence[Message], options: ChatOptions
    ) -> tuple[AsyncGenerator[ChatResponse, None], ChatResponse]:
        """Ask until the first part is there; return it with the parts to follow."""
        attempts = stamina.retry_context(
            on=self._patience.backoff,
            attempts=self._patience.attempts,
            timeout=None,
            wait_initial=self._patience.retry_initial_s,
            wait_max=self._patience.retry_max_s,
            wait_jitter=self._patience.retry_initial_s,
        )
        async for attempt in attempts:
            with attempt:
                parts = await self._ask(messages, options)
                return parts, await _next(parts)
        raise AssertionError("stamina gives up by raising")

    async def _ask(self, messages: Sequence[Message], options: ChatOptions) -> AsyncGenerator[ChatResponse, None]:
        client = self._clients[options.priority]
        parts = await client.chat(
            model=self.model,
            messages=[{"role": message.role, "content": message.content} for message in messages],
            stream=True,
            keep_alive=options.keep_alive,
            options=_ollama_options(options),
        )
        return cast(AsyncGenerator[ChatResponse, None], parts)

    def _report(self, last: ChatResponse, first_token_ms: float | None, total_ms: float) -> None:
        if self._on_metrics is None:
            return
        count, seconds = last.eval_count or 0, (last.eval_duration or 0) / _NS_PER_S
        self._on_metrics(
            ChatMetrics(
                prompt_tokens=last.prompt_eval_count or 0,
                output_tokens=count,
                first_token_ms=first_token_ms,
                total_ms=total_ms,
                tokens_per_s=count / seconds if seconds > 0 else 0.0,
            )
        )


def _ollama_options(options: ChatOptions) -> dict[str, float | int | list[str]]:
    chosen: dict[str, float | int | list[str]] = {
        "num_predict": options.max_tokens,
        "temperature": options.temperature,
    }
    if options.stop:
        chosen["stop"] = list(options.stop)
    if options.seed is not None:
        chosen["seed"] = options.seed
    return chosen


async def _next(parts: AsyncGenerator[ChatResponse, None]) -> ChatResponse:
    try:
        return await anext(parts)
    except StopAsyncIteration:
        raise ModelUnavailable("model server ended the answer too early") from None
    except _BROKEN as error:
        raise failure(error) from error


def _same_model(wanted: str, listed: str) -> bool:
    """Compare names as Ollama does: no tag means `latest`."""
    return (wanted if ":" in wanted else f"{wanted}:latest") == (listed if ":" in listed else f"{listed}:latest")


def _elapsed_ms(since: float) -> float:
    return (time.monotonic() - since) * 1000
