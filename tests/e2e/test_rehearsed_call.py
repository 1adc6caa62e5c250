"""A call from the request to the workbook: real speech, real recognition, real wording, over real sockets."""

from __future__ import annotations

import asyncio
import json
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from openpyxl import load_workbook

from cli.client import ServerClient
from cli.rehearsal import Rehearsal, run_rehearsal
from cli.server_process import running_server
from domain.errors import Suppressed
from settings.load import load_settings
from settings.places import CONFIG_DIR, DEFAULT_CONFIG

pytestmark = [pytest.mark.models, pytest.mark.timeout(300)]

CLOCK = "2026-11-23T10:00:00-08:00"
OPTED_OUT = "+14155550102"


def rehearse(folder: Path, *names: str) -> tuple[int, dict[str, object]]:
    settings = load_settings({"LEADLINE_DATA_DIR": str(folder)}, DEFAULT_CONFIG)
    report = folder / "report.json"
    personas = [CONFIG_DIR / "personas" / f"{name}.yaml" for name in names]
    rehearsal = Rehearsal(personas=personas, folder=folder, report=report, clock=CLOCK, fresh=True)
    code = asyncio.run(run_rehearsal(settings, rehearsal))
    return code, json.loads(report.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def refusal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, object]]]:
    """A rehearsed call of the lead who wants no calls."""
    folder = tmp_path_factory.mktemp("refusal") / "run"
    _, report = rehearse(folder, "not_interested")
    yield folder, report


def test_the_call_meets_its_expectation_and_the_answer_is_timed(refusal: tuple[Path, dict[str, object]]) -> None:
    _, report = refusal
    (call,) = report["calls"]  # type: ignore[misc]
    assert (call["outcome"], call["met_expectation"], call["appointment"]) == ("opted_out", True, None)
    answers = [turn for turn in call["turns"] if turn["speaker"] == "agent"]
    assert len(answers) == 2
    assert "AI assistant" in answers[0]["heard_text"]
    assert all(turn["latency_ms"]["total"] > 0 for turn in answers)
    assert "stop calling me" in call["turns"][-2]["text"].lower()
    bars = {bar["name"]: bar for bar in report["bars"]}  # type: ignore[attr-defined]
    assert bars["demo_expectations"]["met"]
    assert bars["health_cold"]["measured"] > 0


def test_the_recording_holds_both_sides_in_step(refusal: tuple[Path, dict[str, object]]) -> None:
    _, report = refusal
    (call,) = report["calls"]  # type: ignore[misc]
    with wave.open(call["recording"]) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 2, 8000)
        pcm = np.frombuffer(file.readframes(file.getnframes()), dtype=np.int16).reshape(-1, 2)
    for turn in call["turns"]:
        side = 0 if turn["speaker"] == "lead" else 1
        middle = pcm[(turn["start_ms"] + 100) * 8 : (turn["start_ms"] + 300) * 8, side].astype(float)
        assert np.sqrt((middle**2).mean()) > 200, turn["text"]


def test_the_workbook_has_the_leads_row(refusal: tuple[Path, dict[str, object]]) -> None:
    _, report = refusal
    sheet = load_workbook(str(report["workbook"])).worksheets[0]
    rows = [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]
    (row,) = [row for row in rows if OPTED_OUT in row]
    assert any("opted out" in cell.lower() or "opted_out" in cell.lower() for cell in row)


def test_the_number_is_never_dialled_again_not_even_after_a_restart(refusal: tuple[Path, dict[str, object]]) -> None:
    folder, _ = refusal
    variables = {"LEADLINE_DATA_DIR": str(folder / "data")}

    async def place_again() -> None:
        async with running_server(variables, folder / "again.log") as server, ServerClient(server.url) as client:
            await client.wait_ready(60)
            with pytest.raises(Suppressed):
                await client.place(OPTED_OUT, lead={})

    asyncio.run(place_again())


@pytest.mark.full
def test_all_shipped_personas_meet_their_expectations(tmp_path: Path) -> None:
    _, report = rehearse(tmp_path / "run", "ready_buyer", "not_interested", "busy")
    calls: list[dict[str, object]] = report["calls"]  # type: ignore[assignment]
    assert [call["met_expectation"] for call in calls] == [True, True, True]
    assert calls[0]["appointment"] is not None
