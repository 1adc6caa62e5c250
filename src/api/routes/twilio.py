"""Twilio's webhooks; each is signed."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, HTTPException, Request, Response

from bootstrap.application import Application
from telephony import twiml

router = APIRouter(prefix="/twilio")

_MAX_BODY = 64_000
_STOP_WORDS = re.compile(r"^\W*(?:stop|stopall|stop all|unsubscribe|cancel|end|quit|revoke|optout|opt out)\W*$", re.IGNORECASE)


async def signed_form(request: Request) -> dict[str, str]:
    """Return the webhook's form fields.

    Raises:
        HTTPException: 403, the signature is missing or wrong; 413, the body is too large.
    """
    body = await request.body()
    if len(body) > _MAX_BODY:
        raise HTTPException(413, "the body is too large")
    form = dict(parse_qsl(body.decode("utf-8", errors="replace"), keep_blank_values=True))
    application: Application = request.app.state.application
    check = application.signature_check()
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    signature = request.headers.get("x-twilio-signature", "")
    if check is None or not check.valid(application.public_url, path, form, signature):
        raise HTTPException(403, "the signature is not Twilio's")
    return form


Form = Annotated[dict[str, str], Depends(signed_form)]


@router.post("/voice")
async def voice(call_id: str, request: Request, _: Form) -> Response:
    """Connect an answered call to its media stream; a call that we don't know is ended."""
    application: Application = request.app.state.application
    runtime = await application.runtime()
    token = runtime.switchboard.token_of(call_id)
    if token is None:
        return _xml(twiml.hang_up())
    return _xml(twiml.connect_stream(application.public_url, token=token, parameters={"call_id": call_id}))


@router.post("/status", status_code=204)
async def status(call_id: str, request: Request, form: Form) -> None:
    """Take the carrier's word on a call."""
    runtime = await request.app.state.application.runtime()
    runtime.switchboard.on_status(call_id, form.get("CallStatus", ""))


@router.post("/amd", status_code=204)
async def answered_by(call_id: str, request: Request, form: Form) -> None:
    """Take the verdict on who answered."""
    runtime = await request.app.state.application.runtime()
    runtime.switchboard.on_answered_by(call_id, form.get("AnsweredBy", "unknown"))


@router.post("/message")
async def message(request: Request, form: Form) -> Response:
    """Take a text message; a stop word is an opt-out on every channel."""
    text, sender = form.get("Body", ""), form.get("From", "")
    if _STOP_WORDS.match(text):
        runtime = await request.app.state.application.runtime()
        await runtime.switchboard.opt_out(sender, quote=text.strip())
    return _xml("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>")


def _xml(text: str) -> Response:
    return Response(text, media_type="application/xml")
