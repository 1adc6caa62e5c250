"""Health, keys, trace ids and the shape of every error."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.errors import MissingPart
from tests.api.support import PHONE, Served, served, settings_for
from tests.fakes.clock import ManualClock

KEY = "a-long-key"


@pytest.fixture
async def guarded(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Served]:
    """A server with a key."""
    async with served(settings_for(tmp_path, LEADLINE_API_KEY=KEY), clock) as running:
        yield running


async def test_health_answers_whatever_is_ready(api: Served) -> None:
    assert (await api.client.get("/health")).json() == {"status": "ok"}
    warming = await api.client.get("/ready")
    assert warming.status_code == 503
    assert warming.json()["checks"]["llm"] == "warming"
    for part in ("database", "llm", "stt", "tts"):
        api.application.health.set(part, "ok")
    api.application.health.set("telephony", "absent")
    ready = await api.client.get("/ready")
    assert ready.status_code == 200
    assert ready.json() == {
        "ready": True,
        "checks": {"database": "ok", "cache": "absent", "llm": "ok", "stt": "ok", "tts": "ok", "telephony": "absent"},
    }
    api.application.health.set("stt", "down", "model 'x' is missing")
    down = await api.client.get("/ready")
    assert (down.status_code, down.json()["reason"]) == (503, "model 'x' is missing")


@pytest.mark.parametrize(
    "header",
    [None, "", KEY, "Bearer", "Bearer wrong", f"Basic {KEY}", f"Bearer {KEY}x", f"Bearer {KEY[:-1]}", "Bearer é"],
)
async def test_a_missing_or_wrong_key_is_401(guarded: Served, header: str | None) -> None:
    headers = [] if header is None else [(b"Authorization", header.encode())]
    for method, path in (("POST", "/calls"), ("GET", "/calls"), ("GET", "/calls/1"), ("POST", "/calls/1/hangup")):
        answer = await guarded.client.request(method, path, headers=headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.headers["content-type"] == "application/problem+json"
    assert guarded.application.carrier.placed == []


async def test_the_right_key_passes_and_health_needs_none(guarded: Served) -> None:
    headers = {"Authorization": f"Bearer {KEY}"}
    assert (await guarded.client.post("/calls", json={"to": PHONE}, headers=headers)).status_code == 201
    assert (await guarded.client.get("/health")).status_code == 200
    assert (await guarded.client.get("/ready")).status_code == 503
    assert (await guarded.client.post("/twilio/message")).status_code == 403


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("DELETE", "/calls", 405), ("GET", "/twilio/voice", 405), ("GET", "/calls/none", 404)],
)
async def test_errors_are_problem_documents(api: Served, method: str, path: str, status: int) -> None:
    answer = await api.client.request(method, path)
    body = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, body["status"], body["type"]) == (status, status, "about:blank")
    assert body["title"]
    assert body["detail"]


async def test_json_that_is_none_is_422(api: Served) -> None:
    answer = await api.client.post("/calls", content=b"{", headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["errors"]


async def test_a_missing_part_is_503_with_the_way_to_mend_it(api: Served) -> None:
    api.application.missing = MissingPart("model 'x' is missing", mend="leadline models pull x")
    answer = await api.client.get("/calls")
    api.application.missing = None
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert (answer.json()["detail"], answer.json()["mend"]) == ("model 'x' is missing", "leadline models pull x")


async def test_a_mistake_of_ours_is_500_without_a_word_on_what_is_inside(api: Served) -> None:
    api.application.breaks = RuntimeError("secret inside")
    answer = await api.client.get("/calls", headers={"X-Trace-ID": "t-1"})
    api.application.breaks = None
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "secret" not in answer.text
    assert answer.headers["x-trace-id"] == "t-1"


async def test_a_trace_id_is_carried_or_made(api: Served) -> None:
    given = await api.client.get("/health", headers={"X-Request-ID": "abc-1"})
    assert (given.headers["x-trace-id"], given.headers["x-request-id"]) == ("abc-1", "abc-1")
    made = await api.client.get("/health")
    other = await api.client.get("/health", headers={"X-Trace-ID": "no good {}"})
    assert len({made.headers["x-trace-id"], other.headers["x-trace-id"], "no good {}"}) == 3
    assert (await api.client.get("/nowhere")).headers["x-trace-id"]


async def test_the_key_is_part_of_the_described_interface(api: Served) -> None:
    described = (await api.client.get("/openapi.json")).json()
    assert described["components"]["securitySchemes"]["HTTPBearer"]["scheme"] == "bearer"
    assert described["paths"]["/calls"]["post"]["security"] == [{"HTTPBearer": []}]
    assert "security" not in described["paths"]["/health"]["get"]
