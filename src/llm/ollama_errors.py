"""Ollama's refusals as our errors."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

import httpx
from ollama import ResponseError

from domain.errors import LeadlineError, ModelMissing, ModelOverloaded, ModelRejected, ModelUnavailable

DEFAULT_RETRY_AFTER_S = 0.5


def error_hook(model: str) -> Callable[[httpx.Response], Awaitable[None]]:
    """Return an httpx response hook that raises our error for every refusal.

    A hook sees the headers (Retry-After), which the `ollama` package drops.
    """

    async def raise_for_refusal(response: httpx.Response) -> None:
        if response.status_code >= httpx.codes.BAD_REQUEST:
            await response.aread()
            raise refusal(response, model)

    return raise_for_refusal


def failure(error: Exception) -> LeadlineError:
    """Return the error for a connection that failed or an answer that broke off."""
    if isinstance(error, ResponseError):
        return ModelUnavailable(f"model server failed while answering: {error.error}")
    if isinstance(error, httpx.TimeoutException):
        return ModelUnavailable(f"model server is silent ({type(error).__name__})")
    return ModelUnavailable(f"model server is not reachable: {error or type(error).__name__}")


def refusal(response: httpx.Response, model: str) -> LeadlineError:
    """Return the error for a refused request.

    429, and 503 with Retry-After or Ollama's "server busy", mean overload; 404 a missing model; any other 4xx a wrong
    request; any other 5xx a server that is down.
    """
    status, text = response.status_code, _error_text(response)
    retry_after = response.headers.get("Retry-After")
    busy = status == httpx.codes.SERVICE_UNAVAILABLE and (retry_after is not None or "busy" in text.lower())
    if status == httpx.codes.TOO_MANY_REQUESTS or busy:
        return ModelOverloaded(f"model server is overloaded: {text}", retry_after_s=_seconds(retry_after))
    if status == httpx.codes.NOT_FOUND:
        return ModelMissing(model)
    if status < httpx.codes.INTERNAL_SERVER_ERROR:
        return ModelRejected(f"model server refused the request ({status}): {text}")
    return ModelUnavailable(f"model server failed ({status}): {text}")


def _error_text(response: httpx.Response) -> str:
    try:
        body = json.loads(response.text)
    except json.JSONDecodeError:
        return response.text.strip()[:200]
    error = body.get("error") if isinstance(body, dict) else None
    return error if isinstance(error, str) else response.text[:200]


def _seconds(retry_after: str | None) -> float:
    """Read Retry-After as seconds; a date, which no model server sends, counts as absent."""
    try:
        return max(float(retry_after), 0.0) if retry_after is not None else DEFAULT_RETRY_AFTER_S
    except ValueError:
        return DEFAULT_RETRY_AFTER_S
