"""What the server needs of an inference engine."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class Generation:
    """A request to generate. `sampling` uses llama.cpp's names: temperature, top_p, top_k, seed.

    max_tokens None means until the model stops or the context is full.
    """

    messages: Sequence[Mapping[str, str]]
    max_tokens: int | None = None
    stop: Sequence[str] = ()
    sampling: Mapping[str, float | int] = field(default_factory=dict)
    voice: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """Some of the prompt has been read."""

    total: int
    processed: int


@dataclass(frozen=True, slots=True)
class Piece:
    """Some text."""

    text: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The end, with its figures; durations in nanoseconds.

    prompt_tokens counts the whole prompt, cached_tokens what the KV cache already held of it.
    """

    reason: Literal["stop", "length"]
    prompt_tokens: int
    cached_tokens: int
    prompt_ns: int
    output_tokens: int
    output_ns: int


Step = Progress | Piece | Finished


class EngineError(Exception):
    """The engine refused or failed; `status` is the HTTP status for it."""

    def __init__(self, message: str, *, status: int) -> None:
        """Keep the engine's words."""
        super().__init__(message)
        self.status = status


class Engine(Protocol):
    """Generates text from messages."""

    def generate(self, generation: Generation) -> AsyncGenerator[Step, None]:
        """Yield progress, pieces and, last, `Finished`; closing the generator stops the work.

        Raises:
            EngineError: the engine refused or failed.
        """
        ...

    async def close(self) -> None:
        """Stop all work and free the model."""
        ...
