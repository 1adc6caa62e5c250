"""What routes get at: the application behind the app, and its runtime once it is warm."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from bootstrap.runtime import Application, Runtime


async def application_of(connection: HTTPConnection) -> Application:
    """Return the application that the app was created over."""
    application: Application = connection.app.state.application
    return application


Parts = Annotated[Application, Depends(application_of)]


async def running(application: Parts) -> Runtime:
    """Return the runtime, waiting while it warms.

    Raises:
        MissingPart: it isn't ready in time.
        LeadlineError: a part could not be built.
    """
    return await application.runtime()


Running = Annotated[Runtime, Depends(running)]
