"""Is it alive, is it ready?"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from api.access import Parts

router = APIRouter()


@router.get("/health")
async def health() -> dict[str, str]:
    """Answer as soon as the process lives."""
    return {"status": "ok"}


@router.get("/ready")
async def ready(application: Parts, response: Response) -> dict[str, Any]:
    """Say whether calls can be taken, the state of each part, and why one is down."""
    state = application.health
    if not state.ready:
        response.status_code = 503
    return {"ready": state.ready, "checks": state.checks, **({"reason": state.reason} if state.reason else {})}
