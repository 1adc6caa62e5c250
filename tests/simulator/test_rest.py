"""Twilio's REST interface through the real client."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

import httpx
import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from domain.errors import AddressInUse, NotFound
from simulator.call import Pickup
from simulator.resource import CallRequest, RestError
from simulator.rest import Account
from simulator.twilio import Leads, SimulatedTwilio, reading
from tests.simulator.support import ACCOUNT, FROM, LEAD, RunningClock, ToneVoice, place

T = TypeVar("T")


@pytest.fixture
async def twilio() -> AsyncIterator[SimulatedTwilio]:
    leads = Leads(ToneVoice(), reading(lambda call_sid: ""))
    async with SimulatedTwilio(ACCOUNT, leads, clock=RunningClock()) as running:
        yield running


async def with_client(twilio: SimulatedTwilio, use: Callable[[Client], T], account: Account = ACCOUNT) -> T:
    """Run `use` in a thread with the real library pointed at the simulated Twilio."""
    http_client = TwilioHttpClient(pool_connections=False)
    client = Client(account.sid, account.auth_token, http_client=http_client)
    client.api.base_url = twilio.base_url
    return await asyncio.to_thread(use, client)


async def create(twilio: SimulatedTwilio, **fields: Any) -> Any:  # noqa: ANN401 - the library's types
    plain = {"to": LEAD, "from_": FROM, "twiml": "<Response/>"}
    return await with_client(twilio, lambda client: client.calls.create(**{**plain, **fields}))


async def test_call_is_created_fetched_and_ended(twilio: SimulatedTwilio) -> None:
    twilio.behave(LEAD, Pickup.NO_ANSWER)
    call = await create(twilio, timeout=20)
    assert call.sid.startswith("CA")
    assert len(call.sid) == 34
    assert (call.status, call.direction, call.to, call._from) == ("queued", "outbound-api", LEAD, FROM)
    assert call.to_formatted == "(415) 555-0199"
    assert call.date_created is not None
    assert call.subresource_uris["recordings"].endswith(f"/Calls/{call.sid}/Recordings.json")
    ended = await with_client(twilio, lambda client: client.calls(call.sid).update(status="completed"))
    assert ended.sid == call.sid
    record = await twilio.finished(call.sid)
    fetched = await with_client(twilio, lambda client: client.calls(call.sid).fetch())
    assert record.status == fetched.status == "canceled"
    assert fetched.end_time is not None
    assert await twilio.next_call(LEAD) == call.sid
    again = await with_client(twilio, lambda client: client.calls(call.sid).update(status="completed"))
    assert again.status == "canceled"


RESOURCE = """
    sid date_created date_updated parent_call_sid account_sid to to_formatted from from_formatted phone_number_sid
    status start_time end_time duration price price_unit direction answered_by annotation api_version forwarded_from
    group_sid caller_name queue_time trunk_sid uri subresource_uris
"""


async def test_resource_has_every_field_of_twilio(twilio: SimulatedTwilio) -> None:
    body = (await place(twilio.base_url, Twiml="<Response/>")).json()
    assert set(body) == set(RESOURCE.split())


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("To", "+1555", 21211),
        ("To", "", 21201),
        ("From", "nobody", 21212),
        ("From", "", 21213),
        ("Twiml", "", 21205),
        ("TimeLimit", "long", 20001),
    ],
)
def test_bad_fields_get_twilios_codes(field: str, value: str, code: int) -> None:
    good = {"To": [LEAD], "From": [FROM], "Twiml": ["<Response/>"]}
    with pytest.raises(RestError) as caught:
        CallRequest.parse({**good, field: [value]})
    assert (caught.value.status, caught.value.code) == (400, code)


async def test_refusal_reaches_the_real_client(twilio: SimulatedTwilio) -> None:
    with pytest.raises(TwilioRestException) as caught:
        await create(twilio, to="+1555")
    assert (caught.value.status, caught.value.code) == (400, 21211)
    assert "+1555" in caught.value.msg


async def test_wrong_token_and_unknown_call_are_refused(twilio: SimulatedTwilio) -> None:
    with pytest.raises(TwilioRestException) as refused:
        await with_client(twilio, lambda client: client.calls("CA1").fetch(), Account(ACCOUNT.sid, "wrong"))
    assert (refused.value.status, refused.value.code) == (401, 20003)
    with pytest.raises(TwilioRestException) as unknown:
        await with_client(twilio, lambda client: client.calls("CA1").fetch())
    assert (unknown.value.status, unknown.value.code) == (404, 20404)
    with pytest.raises(NotFound):
        await twilio.finished("CA1")
    with pytest.raises(NotFound):
        twilio.press("CA1", "1")


async def test_status_other_than_an_end_is_refused(twilio: SimulatedTwilio) -> None:
    twilio.behave(LEAD, Pickup.NO_ANSWER)
    call = await create(twilio)
    with pytest.raises(TwilioRestException) as caught:
        await with_client(twilio, lambda client: client.calls(call.sid).update(twiml="<Response/>"))
    assert caught.value.code == 20001


async def test_number_can_be_refused_as_twilio_does(twilio: SimulatedTwilio) -> None:
    twilio.refuse(LEAD, code=21215, message="Not allowed")
    with pytest.raises(TwilioRestException) as caught:
        await create(twilio)
    assert (caught.value.code, caught.value.msg) == (21215, "Unable to create record: Not allowed")


async def test_other_paths_are_not_found(twilio: SimulatedTwilio) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(f"{twilio.base_url}/2010-04-01/Accounts.json")).status_code == 404


async def test_port_in_use_is_named(twilio: SimulatedTwilio) -> None:
    port = int(twilio.base_url.rsplit(":", 1)[1])
    leads = Leads(ToneVoice(), reading(lambda call_sid: ""))
    with pytest.raises(AddressInUse, match=str(port)):
        await SimulatedTwilio(ACCOUNT, leads, clock=RunningClock(), port=port).__aenter__()
