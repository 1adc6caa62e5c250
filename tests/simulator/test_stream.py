"""A whole call over real sockets: pacing, playout, clear, measurement."""

from __future__ import annotations

import asyncio
import time
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
from twilio.request_validator import RequestValidator

from simulator.line import Impairments
from simulator.persona import Persona
from simulator.record import CallRecord
from simulator.twilio import Leads, SimulatedTwilio, recognising
from tests.fakes.recogniser import ScriptedRecogniser, ToneRecogniser
from tests.simulator.support import (
    ACCOUNT,
    AgentSide,
    Behaviour,
    MediaServer,
    RunningClock,
    ToneVoice,
    connect_twiml,
    media_server,
    persona,
    place,
    tone,
)

AREA, BYE = 500.0, 900.0
WORDS = {AREA: "Which area are you looking in?", BYE: "Thank you, goodbye."}


@asynccontextmanager
async def simulated(leads: Leads | None = None) -> AsyncIterator[SimulatedTwilio]:
    leads = leads or Leads(ToneVoice(), recognising(ToneRecogniser(WORDS)))
    async with SimulatedTwilio(ACCOUNT, leads, clock=RunningClock()) as twilio:
        yield twilio


async def call(
    twilio: SimulatedTwilio, server: MediaServer, lead: Persona, *, limit_s: int = 60, **parameters: str
) -> CallRecord:
    await twilio.expect(lead, ring_s=0.0)
    placed = await place(twilio.base_url, Twiml=connect_twiml(server.url, **parameters), TimeLimit=str(limit_s))
    async with asyncio.timeout(15):
        return await twilio.finished(placed.json()["sid"])


async def silent(side: AgentSide) -> None:
    """Say nothing."""


def answering(delays_ms: dict[float, float]) -> Behaviour:
    """After each lead turn, play the next tone so many milliseconds after the lead's last audible frame."""

    async def behave(side: AgentSide) -> None:
        for frequency, delay_ms in delays_ms.items():
            ended = await side.lead_ends()
            await asyncio.sleep(ended + delay_ms / 1000 - time.monotonic())
            await side.say(tone(frequency, 600))
            await side.mark(f"tone-{frequency:.0f}")

    return behave


async def test_frames_leave_every_20_ms_without_drift() -> None:
    async with media_server(silent) as server, simulated() as twilio:
        record = await call(twilio, server, persona(greeting=""), limit_s=3)
    media = server.streams[0].of("media")
    arrivals = np.array([at for at, _ in media])
    assert len(media) == 150
    assert np.mean(np.diff(arrivals)) == pytest.approx(0.020, abs=0.0005)
    assert arrivals[-1] - arrivals[0] == pytest.approx(149 * 0.020, abs=0.025)
    assert [message["media"]["timestamp"] for _, message in media] == [str(20 * n) for n in range(150)]
    assert record.stream is not None
    assert record.stream.ended_by == "carrier"


async def test_messages_carry_every_field_of_twilio() -> None:
    async with media_server(silent) as server, simulated() as twilio:
        record = await call(twilio, server, persona(greeting=""), limit_s=1, call_id="t1", row="5")
    side = server.streams[0]
    _, connected = side.received[0]
    _, start = side.received[1]
    _, media = side.received[2]
    _, stop = side.received[-1]
    sid = start["streamSid"]
    assert connected == {"event": "connected", "protocol": "Call", "version": "1.0.0"}
    assert start == {
        "event": "start",
        "sequenceNumber": "1",
        "start": {
            "accountSid": ACCOUNT.sid,
            "streamSid": sid,
            "callSid": record.call_sid,
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            "customParameters": {"call_id": "t1", "row": "5"},
        },
        "streamSid": sid,
    }
    assert media["sequenceNumber"] == "2"
    assert {**media["media"], "payload": len(media["media"]["payload"])} == {
        "track": "inbound",
        "chunk": "1",
        "timestamp": "0",
        "payload": 216,
    }
    assert stop["event"] == "stop"
    assert stop["stop"] == {"accountSid": ACCOUNT.sid, "callSid": record.call_sid}
    numbers = [int(message["sequenceNumber"]) for _, message in side.received[1:]]
    assert numbers == list(range(1, len(numbers) + 1))


async def test_handshake_is_signed() -> None:
    async with media_server(silent, closes=True) as server, simulated() as twilio:
        await call(twilio, server, persona(greeting=""))
    signature = server.streams[0].headers["x-twilio-signature"]
    assert RequestValidator(ACCOUNT.auth_token).validate(server.url, {}, signature)


async def test_mark_comes_back_only_when_its_audio_was_played() -> None:
    sent: dict[str, float] = {}

    async def behave(side: AgentSide) -> None:
        sent["at"] = time.monotonic()
        await side.mark("at once")
        await side.say(tone(AREA, 500))
        await side.mark("after half a second")
        await side.next("mark")
        await side.next("mark")

    async with media_server(behave, closes=True) as server, simulated() as twilio:
        record = await call(twilio, server, persona(greeting=""))
    (first, at_once), (second, later) = server.streams[0].of("mark")
    assert (at_once["mark"]["name"], later["mark"]["name"]) == ("at once", "after half a second")
    assert first - sent["at"] < 0.05
    assert 0.5 <= second - sent["at"] < 0.56
    assert record.stream is not None
    assert [clause.cleared for clause in record.stream.clauses] == [False, False]


async def test_clear_drops_audio_and_returns_pending_marks_at_once() -> None:
    cleared: dict[str, float] = {}

    async def behave(side: AgentSide) -> None:
        await side.say(tone(AREA, 5_000))
        await side.mark("never heard")
        for _ in range(20):
            await side.next("media")
        cleared["at"] = time.monotonic()
        await side.clear()
        await side.next("mark")

    async with media_server(behave, closes=True) as server, simulated() as twilio:
        record = await call(twilio, server, persona(greeting=""))
    ((returned, mark),) = server.streams[0].of("mark")
    assert mark["mark"]["name"] == "never heard"
    assert returned - cleared["at"] < 0.05
    assert record.stream is not None
    assert record.stream.clauses[0].cleared
    (turn,) = record.turns
    assert turn.end_ms - turn.start_ms == pytest.approx(400, abs=60)


async def test_whole_call_is_measured_on_the_leads_side(tmp_path: Path) -> None:
    lead = persona(answers=[{"when": "area", "say": "Riverside."}], hang_up_when="goodbye")
    leads = Leads(ToneVoice(), recognising(ToneRecogniser(WORDS)), recordings=tmp_path)
    async with media_server(answering({AREA: 250.0, BYE: 700.0})) as server, simulated(leads) as twilio:
        record = await call(twilio, server, lead)
    assert [(turn.speaker, turn.text) for turn in record.turns] == [
        ("lead", "Hello?"),
        ("agent", WORDS[AREA]),
        ("lead", "Riverside."),
        ("agent", WORDS[BYE]),
    ]
    latencies = [turn.latency_ms for turn in record.turns if turn.speaker == "agent"]
    assert latencies == [pytest.approx(250, abs=25), pytest.approx(700, abs=25)]
    assert record.stream is not None
    assert record.stream.ended_by == "lead"
    assert record.status == "completed"
    assert_recording_matches(record)


def assert_recording_matches(record: CallRecord) -> None:
    assert record.recording is not None
    with wave.open(str(record.recording)) as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (2, 8000, 2)
        sound = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").reshape(-1, 2).astype(np.float64)
    for turn in record.turns:
        side = 0 if turn.speaker == "lead" else 1
        inside = sound[turn.start_ms * 8 : turn.end_ms * 8]
        assert np.sqrt(np.mean(inside[:, side] ** 2)) > 2_000
        assert np.sqrt(np.mean(inside[:, 1 - side] ** 2)) < 50


async def test_answer_before_the_leads_end_is_early() -> None:
    async def behave(side: AgentSide) -> None:
        await side.next("media")
        await asyncio.sleep(0.55)
        await side.say(tone(AREA, 800))

    async with media_server(behave) as server, simulated() as twilio:
        record = await call(twilio, server, persona(greeting="Hello?"), limit_s=1)
    (agent,) = [turn for turn in record.turns if turn.speaker == "agent"]
    assert agent.early
    assert agent.latency_ms is None


async def test_barge_in_starts_on_time_and_its_stop_is_measured() -> None:
    async def behave(side: AgentSide) -> None:
        await side.say(tone(AREA, 4_000))
        await side.mark("long")
        started = time.monotonic()
        await side.lead_ends()
        await asyncio.sleep(0.02)
        assert time.monotonic() - started > 1.0
        await side.clear()

    lead = persona(greeting="", answers=[{"when": ".*", "say": "Wait.", "barge_in_ms": 1_000, "once": True}])
    async with media_server(behave) as server, simulated() as twilio:
        record = await call(twilio, server, lead, limit_s=2)
    agent, cut_in = record.turns[:2]
    assert cut_in.speaker == "lead"
    assert cut_in.start_ms - agent.start_ms == pytest.approx(1_000, abs=25)
    assert cut_in.stop_ms == pytest.approx(320 + 20, abs=45)


async def test_server_that_closes_ends_the_call() -> None:
    async with media_server(silent, closes=True) as server, simulated() as twilio:
        record = await call(twilio, server, persona())
    assert record.stream is not None
    assert (record.status, record.stream.ended_by, record.error) == ("completed", "server", None)


async def test_messages_that_twilio_refuses_are_noted() -> None:
    async def behave(side: AgentSide) -> None:
        await side.send({"event": "media", "streamSid": "MZother", "media": {"payload": ""}})
        await side.send({"event": "media", "streamSid": side.stream_sid, "media": {"payload": "not base64"}})
        await side.send({"event": "dance", "streamSid": side.stream_sid})
        await side.socket.send(b"\x00")

    async with media_server(behave, closes=True) as server, simulated() as twilio:
        record = await call(twilio, server, persona())
    assert record.stream is not None
    assert [text.split()[0] for text in record.stream.violations] == ["31951"] * 4


async def test_recogniser_that_fails_ends_the_call_with_its_reason() -> None:
    async def behave(side: AgentSide) -> None:
        await side.say(tone(AREA, 200))

    leads = Leads(ToneVoice(), recognising(ScriptedRecogniser([], failing=True)))
    async with media_server(behave) as server, simulated(leads) as twilio:
        record = await call(twilio, server, persona(greeting=""))
    assert record.error == "the recogniser is broken"
    assert record.status == "completed"
    assert [turn.speaker for turn in record.turns] == ["agent"]


async def test_keys_arrive_as_dtmf() -> None:
    pressed: list[str] = []

    async def behave(side: AgentSide) -> None:
        twilio.press(next(iter(twilio.calls)), "1#")
        for _ in range(2):
            _, message = await side.next("dtmf")
            pressed.append(message["dtmf"]["digit"])

    async with media_server(behave, closes=True) as server, simulated() as twilio:
        await call(twilio, server, persona())
    assert pressed == ["1", "#"]


async def test_jitter_delays_frames_in_order() -> None:
    leads = Leads(ToneVoice(), recognising(ToneRecogniser(WORDS)), impairments=Impairments(jitter_ms=20))
    async with media_server(silent) as server, simulated(leads) as twilio:
        await call(twilio, server, persona(greeting=""), limit_s=1)
    media = server.streams[0].of("media")
    gaps = np.diff([at for at, _ in media])
    assert np.std(gaps) > 0.006
    assert [int(message["media"]["chunk"]) for _, message in media] == list(range(1, len(media) + 1))
