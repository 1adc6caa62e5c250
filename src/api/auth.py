"""Who may use the REST interface."""

from __future__ import annotations

import hmac
from typing import Annotated

from fastapi import Depends, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.access import Parts

_bearer = HTTPBearer(auto_error=False, description="The key in LEADLINE_API_KEY; needed where one is set.")
Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


async def require_key(bearer: Bearer, application: Parts) -> None:
    """Let the request pass when no key is configured or its bearer token is the key.

    Raises:
        HTTPException: 401, the token is missing or wrong.
    """
    key = application.settings.environment.api_key
    if key is None:
        return
    token = bearer.credentials if bearer else ""
    if not hmac.compare_digest(token.encode(), key.get_secret_value().encode()):
        raise HTTPException(401, "a valid API key is needed", headers={"WWW-Authenticate": "Bearer"})
