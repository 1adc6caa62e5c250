"""The FastAPI application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from api import problems
from api.bounded import Bounded
from api.routes import calls, health, media, twilio
from api.tracing import Traced
from bootstrap.runtime import Application

_MAX_BODY = 1 << 20


def create_app(application: Application) -> FastAPI:
    """Return the app over `application`, which it starts, drains and closes with its lifespan."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        application.start()
        yield
        await application.drain(application.settings.calls.drain_s)
        await application.close()

    app = FastAPI(title="Leadline", version="0.1.0", lifespan=lifespan)
    app.state.application = application
    problems.install(app)
    app.add_middleware(Bounded, max_bytes=_MAX_BODY)
    app.add_middleware(Traced)
    for routes in (health, calls, twilio, media):
        app.include_router(routes.router)
    return app
