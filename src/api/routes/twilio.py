"""Twilio's webhooks; each is signed."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import parse_qsl

import structlog
from fastapi import APIRouter, Depends, HTTPException, Request, Response
from starlette.datastructures import ImmutableMultiDict

from api.access import Parts, Running
from domain.errors import InvalidPhone
from telephony import twiml

log = structlog.get_logger(__name__)

router = APIRouter(prefix="/twilio")

_MAX_BODY = 64_000
# Twilio's own list of opt-out keywords; it answers them by itself, so no message goes back.
_STOP_WORDS = re.compile(
    r"\W*(?:stop|stop ?all|unsubscribe|cancel|end|quit|revoke|opt ?out)\W*", re.IGNORECASE | re.ASCII
)


async def signed_form(request: Request, application: Parts) -> ImmutableMultiDict[str, str]:
    """Return the webhook's form fields; a JSON body has none.

    Raises:
        HTTPException: 403, the signature is missing or wrong; 413, the body is too large.
    """
    text = (await _body(request)).decode("utf-8", errors="replace")
    is_json = request.headers.get("content-type", "").startswith("application/json")
    form = ImmutableMultiDict([] if is_json else parse_qsl(text, keep_blank_values=True))
    check = application.signature_check()
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    signature = request.headers.get("x-twilio-signature", "")
    if check is None or not check.valid(application.public_url, path, text if is_json else form, signature):
        raise HTTPException(403, "the signature is not Twilio's")
    return form


Form = Annotated[ImmutableMultiDict[str, str], Depends(signed_form)]


async def _body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_BODY:
            raise HTTPException(413, "the body is too large")
    return body


@router.post("/voice")
async def voice(call_id: str, application: Parts, _: Form, runtime: Running) -> Response:
    """Connect an answered call to its media stream; a call that we don't know is ended."""
    token = runtime.switchboard.token_of(call_id)
    if token is None:
        return _xml(twiml.hang_up())
    return _xml(twiml.connect_stream(application.public_url, token=token, parameters={"call_id": call_id}))


@router.post("/status", status_code=204)
async def status(call_id: str, form: Form, runtime: Running) -> None:
    """Take the carrier's word on a call."""
    runtime.switchboard.on_status(call_id, form.get("CallStatus", ""), detail=form.get("ErrorMessage", ""))


@router.post("/amd", status_code=204)
async def answered_by(call_id: str, form: Form, runtime: Running) -> None:
    """Take the verdict on who answered."""
    runtime.switchboard.on_answered_by(call_id, form.get("AnsweredBy", "unknown"))


@router.post("/message")
async def message(form: Form, runtime: Running) -> Response:
    """Take a text message; a stop word is an opt-out on every channel."""
    text = form.get("Body", "")
    # With Advanced Opt-Out the account's own keywords, in any language, come marked.
    if form.get("OptOutType", "").upper() == "STOP" or _STOP_WORDS.fullmatch(text):
        try:
            await runtime.switchboard.opt_out(form.get("From", ""), quote=text.strip())
        except InvalidPhone:
            log.warning("opt_out_without_number")  # a short code: no number that could be called
    return _xml(twiml.nothing())


def _xml(text: str) -> Response:
    return Response(text, media_type="application/xml")
