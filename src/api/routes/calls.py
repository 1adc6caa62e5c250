"""Place calls, follow them, end them."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import FileResponse

from api.access import Parts, Running
from api.auth import require_key
from api.event_record import record_of
from api.schemas import CallIn, CallOut
from bootstrap.runtime import Runtime
from db.records import CallRecord
from domain.errors import NotFound
from telephony.calls import CallRequest

router = APIRouter(prefix="/calls", dependencies=[Depends(require_key)])


@router.post("", status_code=201)
async def place(body: CallIn, application: Parts, runtime: Running) -> CallOut:
    """Place a call; the same idempotency key gives the same id."""
    request = CallRequest(
        to=body.to,
        playbook=body.playbook or application.settings.environment.playbook,
        name=body.lead.name,
        timezone=body.lead.timezone,
        address=body.lead.address,
        value=body.lead.value,
        idempotency_key=body.idempotency_key,
    )
    return CallOut(call_id=await runtime.switchboard.place(request))


@router.get("")
async def list_calls(
    runtime: Running, cursor: str | None = None, limit: Annotated[int, Query(ge=1, le=500)] = 50
) -> dict[str, Any]:
    """List calls, newest first."""
    items, following = await runtime.records.list(cursor, limit)
    return {"items": [item.as_dict() for item in items], "next_cursor": following}


@router.get("/{call_id}")
async def get(call_id: str, runtime: Running) -> dict[str, Any]:
    """Return one call."""
    return (await _record(runtime, call_id)).as_dict()


@router.get("/{call_id}/transcript")
async def transcript(call_id: str, runtime: Running) -> dict[str, Any]:
    """Return the call's turns with what was heard of each."""
    try:
        turns = await runtime.records.transcript(call_id)
    except NotFound:
        if not await runtime.events(call_id):
            raise
        turns = []
    return {"call_id": call_id, "turns": [turn.as_dict() for turn in turns]}


@router.get("/{call_id}/recording")
async def recording(call_id: str, runtime: Running) -> Response:
    """Return the stereo WAV: left the lead, right the agent."""
    await _record(runtime, call_id)
    path = runtime.recording(call_id)
    if not path.is_file():
        raise NotFound(f"call {call_id!r} has no recording")
    return FileResponse(path, media_type="audio/wav")


@router.get("/{call_id}/events")
async def events(call_id: str, runtime: Running) -> Response:
    """Return the call's events so far, a JSON object a line."""
    found = await runtime.events(call_id)
    if not found:
        raise NotFound(f"no call {call_id!r}")
    lines = "".join(json.dumps(event.to_json()) + "\n" for event in found)
    return Response(lines, media_type="application/x-ndjson")


@router.post("/{call_id}/hangup", status_code=202)
async def hang_up(call_id: str, runtime: Running) -> CallOut:
    """End a call; one that has ended stays so."""
    if runtime.switchboard.find(call_id) is not None:
        await runtime.switchboard.hang_up(call_id)
    elif not await runtime.events(call_id):
        raise NotFound(f"no call {call_id!r}")
    return CallOut(call_id=call_id)


async def _record(runtime: Runtime, call_id: str) -> CallRecord:
    """Return a call's record: from its rows, or from its events as long as they lag behind.

    Raises:
        NotFound: no such call.
    """
    try:
        return await runtime.records.get(call_id)
    except NotFound:
        record = record_of(call_id, await runtime.events(call_id))
        if record is None:
            raise
        return record
