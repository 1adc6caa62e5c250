"""What the carrier makes of Twilio's answers, as bytes on a socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from domain.errors import DialUncertain, TelephonyError
from domain.ports import OutboundCall
from telephony.twilio_carrier import TwilioAccount, TwilioCarrier

CALL = OutboundCall("call-1", "+14155550199", "+14155550100", "token")
SID = "CA" + "1" * 32


@asynccontextmanager
async def answering(status: int, body: object) -> AsyncIterator[TwilioCarrier]:
    """Answer every request alike; text that isn't to be JSON is given as bytes."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.split(b":")[1]))
        writer.write(b"HTTP/1.1 %d Said\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % (status, len(content)))
        writer.write(content)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield carrier(server.sockets[0].getsockname()[1])


def carrier(port: int) -> TwilioCarrier:
    account = TwilioAccount("AC" + "1" * 32, "token", f"http://127.0.0.1:{port}")
    return TwilioCarrier(account, lambda: "https://calls.example.com", ring_timeout_s=20, limit_s=600)


@pytest.mark.parametrize(
    "refusal",
    [
        {"code": 21211, "message": "no such number", "status": 400},
        {"type": "https://twilio.com/e", "title": "Bad", "status": 400, "code": 21211, "detail": "no such number"},
    ],
)
async def test_a_refusal_keeps_its_code_in_both_of_twilios_forms(refusal: dict[str, object]) -> None:
    async with answering(400, refusal) as twilio:
        with pytest.raises(TelephonyError) as error:
            await twilio.place(CALL)
    assert not isinstance(error.value, DialUncertain)
    assert error.value.code == "21211"
    assert error.value.text.endswith("no such number")


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (201, b"<html>hello</html>", "unreadable"),
        (201, {"status": "queued"}, "unreadable"),
        (502, b"<html>bad gateway</html>", "502"),
    ],
)
async def test_an_answer_that_leaves_it_open_is_uncertain(status: int, body: object, code: str) -> None:
    async with answering(status, body) as twilio:
        with pytest.raises(DialUncertain) as error:
            await twilio.place(CALL)
    assert error.value.code == code


async def test_a_connection_that_breaks_before_the_answer_is_uncertain() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        with pytest.raises(DialUncertain):
            await carrier(server.sockets[0].getsockname()[1]).place(CALL)


async def test_a_connection_that_never_came_about_is_no_call() -> None:
    async with await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
    with pytest.raises(TelephonyError) as error:
        await carrier(port).place(CALL)
    assert not isinstance(error.value, DialUncertain)


@pytest.mark.parametrize("code", [20404, 21220])
async def test_ending_a_call_that_is_over_is_no_error(code: int) -> None:
    async with answering(400, {"code": code, "message": "Call is not in-progress", "status": 400}) as twilio:
        await twilio.hang_up(SID)


async def test_another_failure_to_end_a_call_is_one() -> None:
    async with answering(401, {"code": 20003, "message": "Authenticate", "status": 401}) as twilio:
        with pytest.raises(TelephonyError, match="20003"):
            await twilio.hang_up(SID)
