"""The media stream of a call."""

from __future__ import annotations

from fastapi import APIRouter, WebSocket

from bootstrap.application import Application
from domain.errors import LeadlineError

router = APIRouter()

POLICY_VIOLATION = 1008


@router.websocket("/twilio/media/{token}")
async def media(websocket: WebSocket, token: str) -> None:
    """Run the stream that `token` opens; an unknown, used or expired token is closed with 1008."""
    await websocket.accept()
    application: Application = websocket.app.state.application
    try:
        runtime = await application.runtime()
    except LeadlineError:
        await websocket.close(1013)
        return
    live = runtime.switchboard.redeem(token)
    if live is None:
        await websocket.close(POLICY_VIOLATION, "unknown or used token")
        return
    await runtime.talk(websocket, live)
