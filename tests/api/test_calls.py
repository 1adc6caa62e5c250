"""The routes that place, show and end calls."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from domain.errors import TelephonyError
from domain.events import Event
from tests.api.support import PHONE, Served


async def test_a_call_is_placed_and_shown_at_once(api: Served) -> None:
    lead = {"name": "Ann Lee", "timezone": "America/New_York", "address": "12 Elm Street", "value": "450000"}
    answer = await api.client.post("/calls", json={"to": "(415) 555-0199", "lead": lead})
    assert answer.status_code == 201
    call_id = answer.json()["call_id"]
    assert answer.json() == {"call_id": call_id}
    shown = (await api.client.get(f"/calls/{call_id}")).json()
    await api.settled()
    stored = (await api.client.get(f"/calls/{call_id}")).json()
    assert shown == stored
    assert (stored["status"], stored["to"], stored["playbook"]) == ("placed", PHONE, "real_estate")
    assert {name: stored["lead"][name] for name in lead} == lead
    assert (await api.client.get(f"/calls/{call_id}/transcript")).json() == {"call_id": call_id, "turns": []}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"to": "12"}, "'12' is not a phone number: too short"),
        ({"to": "hello"}, "'hello' is not a phone number"),
        ({}, "body.to: Field required"),
        ({"to": PHONE, "playbook": "../../etc/passwd"}, "body.playbook"),
        ({"to": PHONE, "lead": {"timezone": "Mars/Olympus"}}, "no time zone is named 'Mars/Olympus'"),
        ({"to": PHONE, "lead": {"timezone": "America"}}, "no time zone is named 'America'"),
        ({"to": PHONE, "lead": {"timezone": "A" * 300}}, "no time zone is named"),
        ({"to": PHONE, "lead": {"age": 4}}, "body.lead.age"),
        ({"to": PHONE, "idempotency_key": ""}, "body.idempotency_key"),
    ],
)
async def test_bad_input_is_422_with_its_reason(api: Served, body: dict[str, object], said: str) -> None:
    answer = await api.client.post("/calls", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"].startswith(said) or said in answer.json()["detail"]
    assert api.application.carrier.placed == []


async def test_twenty_posts_with_one_key_dial_once(api: Served) -> None:
    body = {"to": PHONE, "idempotency_key": "k"}
    answers = await asyncio.gather(*(api.client.post("/calls", json=body) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["call_id"] for answer in answers}) == 1
    assert len(api.application.carrier.placed) == 1


async def test_a_carriers_refusal_is_told_and_kept(api: Served) -> None:
    api.application.carrier.refusals[PHONE] = TelephonyError("21211", "no such number")
    answer = await api.client.post("/calls", json={"to": PHONE})
    assert answer.status_code == 502
    assert (answer.json()["code"], answer.json()["detail"]) == ("21211", "carrier error 21211: no such number")
    await api.settled()
    (kept,) = (await api.client.get("/calls")).json()["items"]
    assert (kept["status"], kept["outcome"], kept["reason"]) == ("ended", "failed", "carrier 21211: no such number")


async def test_a_draining_server_places_no_call_and_stays_healthy(api: Served) -> None:
    await api.application.drain(0)
    answer = await api.client.post("/calls", json={"to": PHONE})
    assert (answer.status_code, answer.json()["reason"]) == (409, "closed")
    assert (await api.client.get("/health")).status_code == 200


async def test_calls_are_listed_newest_first_in_pages(api: Served) -> None:
    placed = []
    for number in range(3):
        placed.append(await api.place(f"+1415555010{number}"))
        api.application.clock.advance(1)
    await api.settled()
    first = (await api.client.get("/calls", params={"limit": 2})).json()
    rest = (await api.client.get("/calls", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [item["call_id"] for item in first["items"] + rest["items"]] == placed[::-1]
    assert rest["next_cursor"] is None


@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "501"}, {"limit": "many"}, {"cursor": "nonsense"}])
async def test_a_page_that_cannot_be_is_422(api: Served, query: Mapping[str, str]) -> None:
    assert (await api.client.get("/calls", params=query)).status_code == 422


async def test_events_are_the_same_live_and_past(api: Served) -> None:
    call_id = await api.place()
    live = await api.client.get(f"/calls/{call_id}/events")
    assert live.headers["content-type"] == "application/x-ndjson"
    await api.webhook(f"/twilio/status?call_id={call_id}", {"CallStatus": "busy"})
    past = await api.client.get(f"/calls/{call_id}/events")
    lines = [json.loads(text) for text in past.text.splitlines()]
    assert [line["type"] for line in lines] == ["placed", "ended"]
    assert [json.loads(text) for text in live.text.splitlines()] == lines[:1]
    assert [Event.from_json(line).seq for line in lines] == [1, 2]
    assert set(lines[0]) == {"seq", "type", "at", "t_ms", "data"}


async def test_a_recording_is_given_where_there_is_one(api: Served, tmp_path: Path) -> None:
    call_id = await api.place()
    missing = await api.client.get(f"/calls/{call_id}/recording")
    assert (missing.status_code, missing.json()["detail"]) == (404, f"call {call_id!r} has no recording")
    (tmp_path / f"{call_id}.wav").write_bytes(b"RIFF")
    found = await api.client.get(f"/calls/{call_id}/recording")
    assert (found.status_code, found.headers["content-type"], found.content) == (200, "audio/wav", b"RIFF")


@pytest.mark.parametrize("path", ["", "/transcript", "/recording", "/events"])
async def test_an_unknown_call_is_404(api: Served, path: str) -> None:
    answer = await api.client.get(f"/calls/nobody{path}")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


async def test_hanging_up_is_accepted_and_may_be_repeated(api: Served) -> None:
    call_id = await api.place()
    assert (await api.client.post(f"/calls/{call_id}/hangup")).status_code == 202
    assert len(api.application.carrier.hung_up) == 1
    await api.webhook(f"/twilio/status?call_id={call_id}", {"CallStatus": "canceled"})
    assert (await api.client.post(f"/calls/{call_id}/hangup")).status_code == 202
    assert len(api.application.carrier.hung_up) == 1
    assert (await api.client.post("/calls/nobody/hangup")).status_code == 404


async def test_a_call_is_shown_before_its_rows_are_written(api: Served) -> None:
    await api.application.runtime()
    assert api.application.projector is not None
    await api.application.projector.close()
    call_id = await api.place()
    await api.webhook(f"/twilio/amd?call_id={call_id}", {"AnsweredBy": "human"})
    live = (await api.client.get(f"/calls/{call_id}")).json()
    assert (live["status"], live["verdict"], live["outcome"]) == ("placed", "human", None)
    await api.webhook(f"/twilio/status?call_id={call_id}", {"CallStatus": "busy"})
    past = (await api.client.get(f"/calls/{call_id}")).json()
    assert (past["status"], past["outcome"], past["reason"]) == ("ended", "busy", "the line was busy")
    assert past["ended_at"]
    assert (await api.client.get(f"/calls/{call_id}/transcript")).json()["turns"] == []


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_beyond_reason_is_413_for_whoever_sends_it(api: Served, *, chunked: bool) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b" " * (1 << 19)

    content = chunks() if chunked else b" " * (3 << 19)
    answer = await api.client.post("/calls", content=content, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")
    assert answer.headers["x-trace-id"]
