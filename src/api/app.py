"""The FastAPI application."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response

from api import problems
from api.routes import calls, health, media, twilio
from bootstrap.application import Application
from telemetry.trace import bind_trace, new_trace_id


def create_app(application: Application) -> FastAPI:
    """Return the app over `application`, which it starts and closes."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        application.start()
        yield
        await application.drain(application.settings.calls.drain_s)
        await application.close()

    app = FastAPI(title="Leadline", version="0.1.0", lifespan=lifespan)
    app.state.application = application
    problems.install(app)
    app.middleware("http")(_traced)
    for routes in (health, calls, twilio, media):
        app.include_router(routes.router)
    return app


async def _traced(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """Carry the caller's trace id, or a new one, through logs and answer."""
    trace = request.headers.get("x-trace-id") or request.headers.get("x-request-id") or new_trace_id()
    with bind_trace(trace[:64]):
        response = await call_next(request)
    response.headers["X-Trace-ID"] = response.headers["X-Request-ID"] = trace[:64]
    return response
