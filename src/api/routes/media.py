"""The media stream of a call."""

from __future__ import annotations

import structlog
from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketState

from api.access import Parts
from domain.errors import LeadlineError
from telemetry.trace import bind_trace

router = APIRouter()
log = structlog.get_logger(__name__)

_POLICY_VIOLATION = 1008
_TRY_AGAIN_LATER = 1013


@router.websocket("/twilio/media/{token}")
async def media(websocket: WebSocket, token: str, application: Parts) -> None:
    """Run the stream that `token` opens; an unknown, used or expired token is closed with 1008.

    The handshake is accepted first, since a refused one tells the peer an HTTP status and no close code.
    """
    await websocket.accept()
    try:
        runtime = await application.runtime()
    except LeadlineError as error:
        log.warning("stream_refused", reason=str(error))
        await websocket.close(_TRY_AGAIN_LATER, "not ready")
        return
    live = runtime.switchboard.redeem(token)
    if live is None:
        log.warning("stream_refused", reason="unknown, used or expired token")
        await websocket.close(_POLICY_VIOLATION, "unknown, used or expired token")
        return
    with bind_trace(live.call_id):
        await runtime.talk(websocket, live)
    if WebSocketState.DISCONNECTED not in (websocket.client_state, websocket.application_state):
        await websocket.close()
