"""Ollama's shapes: the chat request as a generation, the engine's steps as lines."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field, ValidationError

from llm.embedded.engine import Finished, Generation

Line = dict[str, object]
"""One JSON object of an answer."""


class WireMessage(BaseModel):
    """A message of a request."""

    role: Literal["system", "user", "assistant"]
    content: str = ""
    images: list[str] | None = None


class WireOptions(BaseModel):
    """Options of a request, with Ollama's defaults. Others, num_ctx among them, are fixed at start and ignored."""

    num_predict: int = -1
    temperature: float = Field(default=0.8, ge=0)
    top_p: float = Field(default=0.9, ge=0, le=1)
    top_k: int = 40
    seed: int | None = None
    stop: list[str] | str = []


class WireChat(BaseModel):
    """The body of POST /api/chat."""

    model: str = Field(min_length=1)
    messages: list[WireMessage] = []
    stream: bool = True
    options: WireOptions | None = None
    format: Any = None
    tools: list[Any] | None = None

    def unsupported(self) -> str | None:
        """Name the first thing asked for that this server doesn't offer, or None."""
        if self.format:
            return "format"
        if self.tools:
            return "tools"
        return "images" if any(message.images for message in self.messages) else None

    def generation(self, *, voice: bool) -> Generation:
        """Return the request for the engine."""
        options = self.options or WireOptions()
        sampling: dict[str, float | int] = {
            "temperature": options.temperature,
            "top_p": options.top_p,
            "top_k": options.top_k,
        }
        if options.seed is not None:
            sampling["seed"] = options.seed
        return Generation(
            messages=[{"role": message.role, "content": message.content} for message in self.messages],
            max_tokens=options.num_predict if options.num_predict > 0 else None,
            stop=[options.stop] if isinstance(options.stop, str) else options.stop,
            sampling=sampling,
            voice=voice,
        )


def first_fault(error: ValidationError) -> str:
    """Return the first fault of a body as `field: reason`."""
    fault = error.errors()[0]
    place = ".".join(str(part) for part in fault["loc"])
    return f"{place}: {fault['msg']}" if place else str(fault["msg"])


def line(model: str, at: datetime, text: str) -> Line:
    """Return an object of the stream that carries text."""
    message = {"role": "assistant", "content": text}
    return {"model": model, "created_at": at.isoformat(), "message": message, "done": False}


def last_line(carrier: Line, end: Finished, total_ns: int) -> Line:
    """Return `carrier` as the last object, with the figures. `prompt_cached_count` is an addition to Ollama's."""
    return {
        **carrier,
        "done": True,
        "done_reason": end.reason,
        "total_duration": total_ns,
        "load_duration": 0,
        "prompt_eval_count": end.prompt_tokens,
        "prompt_cached_count": end.cached_tokens,
        "prompt_eval_duration": end.prompt_ns,
        "eval_count": end.output_tokens,
        "eval_duration": end.output_ns,
    }


def loaded_line(model: str, at: datetime) -> Line:
    """Return Ollama's answer to a request without messages, which only loads the model."""
    return {**line(model, at, ""), "done": True, "done_reason": "load"}
