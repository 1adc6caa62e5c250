"""A chat model behind a circuit breaker: after failures in a row it is left alone for a while."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing

from domain.errors import ModelError, ModelUnavailable
from llm.chat import ChatModel, ChatOptions, Message
from resilience.breaker import Breaker


class BreakingChat:
    """Implements `ChatModel` over another. While the breaker is open, requests fail at once instead of waiting."""

    def __init__(self, inner: ChatModel, breaker: Breaker, monotonic: Callable[[], float]) -> None:
        """Guard `inner`; `monotonic` gives the breaker's seconds."""
        self._inner = inner
        self._breaker = breaker
        self._monotonic = monotonic

    async def warm(self, messages: Sequence[Message]) -> None:
        """Prefill `messages`; see `ChatModel.warm`."""
        await self._inner.warm(messages)

    async def stream(
        self, messages: Sequence[Message], options: ChatOptions | None = None
    ) -> AsyncGenerator[str, None]:
        """Yield the answer piece by piece; see `ChatModel.stream`.

        Raises:
            ModelUnavailable: the breaker is open.
        """
        if not self._breaker.allows(self._monotonic()):
            raise ModelUnavailable("the model rests after failures")
        answered = False
        try:
            async with aclosing(self._inner.stream(messages, options)) as pieces:
                async for piece in pieces:
                    answered = True
                    self._breaker.succeeded()
                    yield piece
            self._breaker.succeeded()
        except ModelError:
            self._breaker.failed(self._monotonic())
            raise
        except (GeneratorExit, asyncio.CancelledError):
            if not answered:
                self._breaker.abandoned()
            raise

    async def health(self) -> bool:
        """Return whether the model can be used; see `ChatModel.health`."""
        return await self._inner.health()

    async def close(self) -> None:
        """Close the connections."""
        await self._inner.close()
