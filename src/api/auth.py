"""Who may use the REST interface."""

from __future__ import annotations

import hmac

from fastapi import HTTPException, Request

from api.access import Parts


async def require_key(request: Request, application: Parts) -> None:
    """Let the request pass when no key is configured or its bearer token is the key.

    Raises:
        HTTPException: 401, the token is missing or wrong.
    """
    key = application.settings.environment.api_key
    if key is None:
        return
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(token.encode(), key.get_secret_value().encode()):
        raise HTTPException(401, "a valid API key is needed", headers={"WWW-Authenticate": "Bearer"})
