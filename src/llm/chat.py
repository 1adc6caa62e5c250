"""The one way to talk to a language model: a Protocol with its values."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal, Protocol

Role = Literal["system", "user", "assistant"]


class Priority(IntEnum):
    """Who goes first when the model is busy; the lowest number does."""

    VOICE = 0
    BACKGROUND = 1


PRIORITY_HEADER = "X-Priority"
"""Carries a request's priority, in lower case, to the embedded server; other servers ignore it."""


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a chat."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class ChatOptions:
    """How to answer one request.

    keep_alive: seconds that the model stays loaded afterwards; negative means for good.
    deadline: seconds from the call of `stream` by which the first piece has to be there, the wait for admission
        included; None means no limit.
    """

    max_tokens: int = 60
    temperature: float = 0.3
    stop: tuple[str, ...] = ()
    seed: int | None = None
    keep_alive: float = -1.0
    deadline: float | None = None
    priority: Priority = Priority.VOICE


@dataclass(frozen=True, slots=True)
class ChatMetrics:
    """What one finished request cost.

    Attributes:
        prompt_tokens: tokens of the whole prompt; 0 when the server does not say.
        output_tokens: tokens generated.
        first_token_ms: from the admission of the request to its first piece; None when none came.
        total_ms: from the admission of the request to its end.
        tokens_per_s: rate of generation as the server measured it; 0 when unknown.
    """

    prompt_tokens: int
    output_tokens: int
    first_token_ms: float | None
    total_ms: float
    tokens_per_s: float


MetricsSink = Callable[[ChatMetrics], None]
"""Takes the metrics of each finished request; must not block."""


class ChatModel(Protocol):
    """A chat model."""

    async def warm(self, messages: Sequence[Message]) -> None:
        """Prefill `messages`, a prefix of the requests to come, into the model's KV cache.

        Raises:
            ModelMissing: the server doesn't have the model.
            ModelError: it is unreachable, overloaded or refuses the request.
        """
        ...

    def stream(self, messages: Sequence[Message], options: ChatOptions | None = None) -> AsyncGenerator[str, None]:
        """Yield the answer piece by piece.

        Closing the generator (`aclose`) cancels the request and frees the model's slot. Retries happen before the
        first piece only.

        Raises:
            ModelMissing: the server doesn't have the model.
            ModelUnavailable: not reachable, too late for the deadline, or died while answering.
            ModelOverloaded: refused for load.
            ModelRejected: the request is wrong.
        """
        ...

    async def health(self) -> bool:
        """Return whether the server answers and has the model."""
        ...

    async def close(self) -> None:
        """Close the connections; the model can't be used afterwards."""
        ...
