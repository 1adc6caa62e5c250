"""Twilio's webhooks: signed or refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.twiml import parse_twiml
from simulator.webhooks import signature
from tests.api.support import PHONE, TOKEN, Served, served, settings_for
from tests.fakes.clock import ManualClock

PATHS = ("/twilio/voice?call_id=1", "/twilio/status?call_id=1", "/twilio/amd?call_id=1", "/twilio/message")


@pytest.mark.parametrize("path", PATHS)
async def test_a_webhook_without_a_right_signature_is_403(api: Served, path: str) -> None:
    form = {"CallSid": "CA1"}
    wrong = [
        "nonsense",
        "",
        signature("another", api.url + path, form),
        signature(TOKEN, "https://elsewhere.example.com" + path, form),
        signature(TOKEN, api.url + path + "&more=1", form),
        signature(TOKEN, api.url + path, {"CallSid": "CA2"}),
    ]
    answers = [await api.webhook(path, form, sign=sign) for sign in wrong]
    answers.append(await api.client.post(path, data=form))
    assert [answer.status_code for answer in answers] == [403] * len(answers)
    assert answers[0].headers["content-type"] == "application/problem+json"


async def test_without_an_account_no_webhook_passes(tmp_path: Path, clock: ManualClock) -> None:
    async with served(settings_for(tmp_path, TWILIO_AUTH_TOKEN=""), clock) as api:
        assert (await api.webhook("/twilio/message", {"Body": "STOP", "From": PHONE})).status_code == 403


@pytest.mark.parametrize("public", ["https://calls.example.com", "https://calls.example.com:443"])
async def test_behind_a_proxy_the_public_url_is_what_counts(tmp_path: Path, clock: ManualClock, public: str) -> None:
    async with served(settings_for(tmp_path, PUBLIC_BASE_URL=public), clock) as api:
        call_id = await api.place()
        path = f"/twilio/voice?call_id={call_id}"
        form = {"CallSid": "CA1"}
        right = signature(TOKEN, "https://calls.example.com" + path, form)
        verb = parse_twiml((await api.webhook(path, form, sign=right)).text)
        assert verb is not None
        assert verb.url == f"{public.replace('https', 'wss')}/twilio/media/token-2"
        assert (await api.webhook(path, form, sign=signature(TOKEN, api.url + path, form))).status_code == 403


async def test_an_answered_call_is_connected_to_its_stream(api: Served) -> None:
    call_id = await api.place()
    answer = await api.webhook(f"/twilio/voice?call_id={call_id}", {"CallSid": "CA1", "CallStatus": "in-progress"})
    assert answer.headers["content-type"].startswith("application/xml")
    verb = parse_twiml(answer.text)
    assert verb is not None
    assert verb.url == f"{api.url.replace('http', 'ws')}/twilio/media/{api.application.carrier.placed[0].media_token}"
    assert verb.parameters == {"call_id": call_id}


async def test_a_call_that_nobody_knows_is_hung_up(api: Served) -> None:
    answer = await api.webhook("/twilio/voice?call_id=nobody", {"CallSid": "CA1"})
    assert answer.status_code == 200
    assert "<Hangup" in answer.text


async def test_repeated_and_late_callbacks_change_nothing(api: Served) -> None:
    call_id = await api.place()
    for status in ("completed", "busy", "no-answer", "completed", "ringing"):
        answer = await api.webhook(f"/twilio/status?call_id={call_id}", {"CallStatus": status})
        assert answer.status_code == 204
    assert (await api.webhook(f"/twilio/amd?call_id={call_id}", {"AnsweredBy": "human"})).status_code == 204
    await api.settled()
    kept = (await api.client.get(f"/calls/{call_id}")).json()
    assert (kept["status"], kept["outcome"], kept["verdict"]) == ("ended", "failed", None)


async def test_who_answered_is_kept(api: Served) -> None:
    call_id = await api.place()
    await api.webhook(f"/twilio/amd?call_id={call_id}", {"AnsweredBy": "machine_end_beep"})
    await api.settled()
    assert (await api.client.get(f"/calls/{call_id}")).json()["verdict"] == "voicemail"


@pytest.mark.parametrize("text", ["STOP", " stop. ", "Stop All", "unsubscribe", "OptOut", "quit!"])
async def test_a_stop_word_by_message_refuses_the_next_call(api: Served, text: str) -> None:
    answer = await api.webhook("/twilio/message", {"Body": text, "From": PHONE})
    assert (answer.status_code, "<Message" in answer.text) == (200, False)
    refusal = await api.client.post("/calls", json={"to": PHONE})
    assert (refusal.status_code, refusal.json()["reason"]) == (409, "suppressed")
    assert PHONE not in refusal.text
    assert api.application.carrier.placed == []


async def test_the_accounts_own_opt_out_words_count_as_well(api: Served) -> None:
    await api.webhook("/twilio/message", {"Body": "ARRET", "OptOutType": "STOP", "From": PHONE})
    assert (await api.client.post("/calls", json={"to": PHONE})).status_code == 409


async def test_a_stop_word_ends_the_call_that_rings(api: Served) -> None:
    call_id = await api.place()
    await api.webhook("/twilio/message", {"Body": "STOP", "From": PHONE})
    assert len(api.application.carrier.hung_up) == 1
    await api.webhook(f"/twilio/status?call_id={call_id}", {"CallStatus": "canceled"})
    await api.settled()
    assert (await api.client.get(f"/calls/{call_id}")).json()["outcome"] == "opted_out"


@pytest.mark.parametrize("text", ["don't stop by before noon", "the end of May", ""])
async def test_another_message_opts_nobody_out(api: Served, text: str) -> None:
    assert (await api.webhook("/twilio/message", {"Body": text, "From": PHONE})).status_code == 200
    assert await api.place()


async def test_a_body_beyond_reason_is_413(api: Served) -> None:
    assert (await api.webhook("/twilio/message", {"Body": "x" * 70_000})).status_code == 413


async def test_a_stop_from_a_short_code_is_no_error(api: Served) -> None:
    answer = await api.webhook("/twilio/message", {"Body": "STOP", "From": "70099"})
    assert answer.status_code == 200
