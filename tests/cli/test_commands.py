"""The commands as a user runs them: exit codes, one line for what is wrong, no traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest


def leadline(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cli.app", *arguments],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "variables", "code", "says"),
    [
        (("serve",), {"LEADLINE_PORT": "many"}, 2, "LEADLINE_PORT"),
        (("serve",), {"LEADLINE_HOST": "0.0.0.0"}, 2, "LEADLINE_API_KEY"),
        (("serve",), {"LEADLINE_PLAYBOOK": "nowhere"}, 2, "no playbook 'nowhere'"),
        (("serve",), {"LEADLINE_CLOCK": "yesterday"}, 2, "LEADLINE_CLOCK"),
        (("simulate", "--persona", "missing.yaml"), {}, 2, "missing.yaml"),
        (("transcribe", "missing.wav"), {}, 2, "missing.wav"),
        (("models", "pull", "gpt-9"), {}, 2, "gpt-9"),
        (("call", "+14155550101", "--server", "http://127.0.0.1:9"), {}, 3, "no server answers"),
        (("dance",), {}, 2, "dance"),
        (("understand", "--in", "missing.jsonl", "--json", "out.jsonl"), {}, 2, "missing.jsonl"),
        (("understand", "--in", os.devnull, "--json", "out.jsonl", "--now", "noon"), {}, 2, "'noon' is no ISO time"),
        (("understand", "--in", os.devnull, "--json", "out.jsonl", "--now", "2019-03-01"), {}, 2, "has no time zone"),
        (("understand", "--in", os.devnull, "--json", os.devnull + "/x.jsonl"), {}, 2, "can't be written"),
        (("doctor", "--json", os.sep), {}, 2, "is a directory"),
        (("simulate", "--persona", "any.yaml", "--twilio-port", "99999"), {}, 2, "twilio-port"),
        (("simulate", "--persona", "any.yaml", "--jitter-ms", "-1"), {}, 2, "jitter-ms"),
    ],
)
def test_what_is_wrong_is_one_line(
    arguments: tuple[str, ...], variables: dict[str, str], code: int, says: str, tmp_path: Path
) -> None:
    ran = leadline(*arguments, **{"LEADLINE_DATA_DIR": str(tmp_path), **variables})
    assert ran.returncode == code, ran.stderr
    assert says in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_broken_playbook_is_named_with_line_and_field(tmp_path: Path) -> None:
    playbook = tmp_path / "mine.yaml"
    playbook.write_text("name: mine\nlanguage: english\n", encoding="utf-8")
    ran = leadline("serve", LEADLINE_PLAYBOOK=str(playbook), LEADLINE_DATA_DIR=str(tmp_path))
    assert ran.returncode == 2
    assert f"{playbook}:2: language" in ran.stderr.replace("\n", "")


def test_a_missing_model_names_the_command_that_gets_it(tmp_path: Path) -> None:
    sound = tmp_path / "a.wav"
    with wave.open(str(sound), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(np.zeros(800, dtype=np.int16).tobytes())
    ran = leadline("transcribe", str(sound), LEADLINE_MODEL_CACHE=str(tmp_path / "empty"))
    assert ran.returncode == 3
    assert "leadline models pull whisper-base" in ran.stderr


@pytest.mark.models
def test_silence_is_transcribed_as_nothing(tmp_path: Path) -> None:
    sound, out = tmp_path / "a.wav", tmp_path / "a.json"
    with wave.open(str(sound), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(np.zeros(16_000, dtype=np.int16).tobytes())
    ran = leadline("transcribe", str(sound), "--json", str(out))
    assert ran.returncode == 0, ran.stderr
    heard = json.loads(out.read_text(encoding="utf-8"))
    assert (heard["text"], heard["confidence"], heard["schema_version"]) == ("", 0.0, 1)


@pytest.mark.models
def test_the_doctor_finds_everything_in_place(tmp_path: Path) -> None:
    out = tmp_path / "doctor.json"
    ran = leadline("doctor", "--json", str(out), LEADLINE_DATA_DIR=str(tmp_path))
    assert ran.returncode == 0, ran.stdout
    findings = json.loads(out.read_text(encoding="utf-8"))["findings"]
    assert all(finding["ok"] for finding in findings)
    assert "embedded default" in ran.stdout


def test_the_doctor_says_how_to_get_a_model(tmp_path: Path) -> None:
    out = tmp_path / "doctor.json"
    ran = leadline("doctor", "--json", str(out), LEADLINE_MODEL_CACHE=str(tmp_path / "empty"))
    assert ran.returncode == 3
    findings = json.loads(out.read_text(encoding="utf-8"))["findings"]
    missing = {finding["part"]: finding["mend"] for finding in findings if not finding["ok"]}
    assert missing["model whisper-base"] == "leadline models pull whisper-base"


def test_the_database_goes_up_and_down(tmp_path: Path) -> None:
    variables = {"LEADLINE_DATA_DIR": str(tmp_path)}
    assert leadline("db", "upgrade", **variables).returncode == 0
    current = leadline("db", "current", **variables)
    assert (current.returncode, current.stdout.strip()) == (0, "0001")
    assert leadline("db", "downgrade", "base", **variables).returncode == 0
    assert leadline("db", "current", **variables).stdout.strip() == "none"


def test_understand_predicts_per_lead_turn_and_ignores_labels(tmp_path: Path) -> None:
    dialogue = {
        "dialogue_id": "d1",
        "turns": [
            {"speaker": "lead", "text": "I need 3 bedrooms in Fremont.", "slots": {"bedrooms": ["9"]}, "intent": "X"},
            {"speaker": "agent", "text": "And the price?"},
            {"speaker": "lead", "text": "Up to half a million."},
        ],
    }
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(json.dumps(dialogue) + "\n", encoding="utf-8")
    ran = leadline("understand", "--in", str(source), "--json", str(out))
    assert ran.returncode == 0, ran.stderr
    first, _, last = json.loads(out.read_text(encoding="utf-8"))["turns"]
    assert first["slots"]["bedrooms"] == ["3"]
    assert first["slots"]["area"] == ["Fremont"]
    assert last["slots"]["bedrooms"] == ["3"]


def test_understand_keeps_the_order_of_the_dialogues(tmp_path: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "deep" / "out.jsonl"
    texts = ["Two bedrooms, please.", "I want to rent.", "Stop calling me."]
    dialogues = [
        {"dialogue_id": f"d{number}", "turns": [{"speaker": "lead", "text": text}]} for number, text in enumerate(texts)
    ]
    source.write_text("".join(json.dumps(dialogue) + "\n" for dialogue in dialogues), encoding="utf-8")
    ran = leadline("understand", "--in", str(source), "--json", str(out))
    assert (ran.returncode, ran.stdout.strip()) == (0, "3 dialogues"), ran.stderr
    predicted = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [dialogue["dialogue_id"] for dialogue in predicted] == ["d0", "d1", "d2"]
    assert predicted[0]["turns"][0]["slots"]["bedrooms"] == ["2"]
    assert all(dialogue["turns"][0]["intent"] for dialogue in predicted)


def test_understand_names_the_line_that_is_no_dialogue(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"dialogue_id": "d1", "turns": []}\nnot json\n', encoding="utf-8")
    ran = leadline("understand", "--in", str(source), "--json", str(tmp_path / "out.jsonl"))
    assert ran.returncode == 2
    assert "in.jsonl:2" in ran.stderr.replace("\n", "")
    assert not (tmp_path / "out.jsonl").exists()


def test_models_are_listed_with_their_licences() -> None:
    ran = leadline("models", "list", COLUMNS="200")
    assert ran.returncode == 0, ran.stderr
    assert "whisper-base" in ran.stdout
    assert "Apache-2.0" in ran.stdout
