"""Errors as problem documents, RFC 9457."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from api.tracing import put_trace
from domain.errors import LeadlineError, ModelOverloaded, Refused, TelephonyError

log = structlog.get_logger(__name__)
MEDIA_TYPE = "application/problem+json"
_RETRY_AFTER_S = 5


def problem(status: int, detail: str, **extra: Any) -> JSONResponse:  # noqa: ANN401  members of the document
    """Return a problem document with `extra` members."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **extra}
    return JSONResponse(body, status_code=status, media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Answer every error of `app` with a problem document."""
    app.add_exception_handler(LeadlineError, _known)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unknown)


async def _known(_: Request, error: Exception) -> JSONResponse:
    """Answer for an error of ours: its status, its line, and the words that programs go by."""
    assert isinstance(error, LeadlineError)
    extra: dict[str, Any] = {"mend": error.mend} if error.mend else {}
    if isinstance(error, Refused):
        extra["reason"] = error.reason
    if isinstance(error, TelephonyError):
        extra["code"] = error.code
    answer = problem(error.http_status, str(error), **extra)
    if error.http_status == HTTPStatus.SERVICE_UNAVAILABLE:
        answer.headers["Retry-After"] = str(_RETRY_AFTER_S)
    elif isinstance(error, ModelOverloaded):
        answer.headers["Retry-After"] = str(max(1, round(error.retry_after_s)))
    return answer


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    """Answer for input that fails the schema: each field with its reason, but not the value given."""
    assert isinstance(error, RequestValidationError)
    errors = [
        {
            "field": ".".join(str(part) for part in item["loc"]),
            "reason": str(item["msg"]).removeprefix("Value error, "),
        }
        for item in error.errors()
    ]
    first = errors[0]
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"{first['field']}: {first['reason']}", errors=errors)


async def _http(_: Request, error: Exception) -> JSONResponse:
    """Answer for what the framework refuses: unknown paths, wrong methods, missing keys."""
    assert isinstance(error, HTTPException)
    answer = problem(error.status_code, str(error.detail))
    answer.headers.update(error.headers or {})
    return answer


async def _unknown(request: Request, error: Exception) -> JSONResponse:
    """Answer for a mistake of ours without a word on what is inside; the log has it."""
    trace = str(request.scope.get("state", {}).get("trace_id", ""))
    log.error("request_failed", kind=type(error).__name__, path=request.url.path, trace_id=trace)
    answer = problem(HTTPStatus.INTERNAL_SERVER_ERROR, "an internal error; the log has the details")
    if trace:
        put_trace(answer.headers, trace)
    return answer
