"""The media stream's door."""

from __future__ import annotations

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from domain.errors import MissingPart
from tests.api.support import PHONE, Served
from tests.fakes.clock import ManualClock


async def close_code(api: Served, token: str) -> int:
    """Open the stream behind `token` and return the code that it is closed with."""
    async with connect(f"{api.url.replace('http', 'ws')}/twilio/media/{token}", proxy=None) as socket:
        with pytest.raises(ConnectionClosed):
            await socket.recv()
        assert socket.close_code is not None
        return socket.close_code


async def test_a_token_opens_its_stream_once_and_the_call_ends_with_it(api: Served) -> None:
    call_id = await api.place()
    token = api.application.carrier.placed[0].media_token
    async with connect(f"{api.url.replace('http', 'ws')}/twilio/media/{token}", proxy=None) as socket:
        assert await api.application.talks.get() == call_id
        await api.settled()
        assert (await api.client.get(f"/calls/{call_id}")).json()["status"] == "answered"
        assert await close_code(api, token) == 1008
        await api.webhook(f"/twilio/status?call_id={call_id}", {"CallStatus": "completed"})
        await socket.send("goodbye")
        with pytest.raises(ConnectionClosed):
            await socket.recv()
        assert socket.close_code == 1000
    assert await close_code(api, token) == 1008
    await api.settled()
    kept = (await api.client.get(f"/calls/{call_id}")).json()
    assert (kept["status"], kept["reason"]) == ("ended", "said goodbye")
    assert api.application.carrier.hung_up == [f"CA{1:032d}"]


async def test_a_peer_that_leaves_ends_the_call(api: Served) -> None:
    call_id = await api.place()
    token = api.application.carrier.placed[0].media_token
    async with connect(f"{api.url.replace('http', 'ws')}/twilio/media/{token}", proxy=None):
        await api.application.talks.get()
    await api.application.carrier.ended.wait()
    await api.settled()
    assert (await api.client.get(f"/calls/{call_id}")).json()["status"] == "ended"


async def test_an_unknown_token_is_closed_with_1008(api: Served) -> None:
    assert await close_code(api, "nonsense") == 1008


async def test_an_expired_token_is_closed_with_1008(api: Served, clock: ManualClock) -> None:
    await api.place()
    clock.advance(121)
    assert await close_code(api, api.application.carrier.placed[0].media_token) == 1008


async def test_the_token_of_an_ended_call_is_closed_with_1008(api: Served) -> None:
    call_id = await api.place(PHONE)
    await api.webhook(f"/twilio/status?call_id={call_id}", {"CallStatus": "canceled"})
    assert await close_code(api, api.application.carrier.placed[0].media_token) == 1008


async def test_a_server_that_is_not_ready_says_try_again(api: Served) -> None:
    api.application.missing = MissingPart("still warming")
    code = await close_code(api, "any")
    api.application.missing = None
    assert code == 1013
