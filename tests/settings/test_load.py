from __future__ import annotations

from pathlib import Path

import pytest

from domain.errors import InvalidFile, InvalidInput
from settings import DEFAULT_CONFIG, load_settings, playbook_file


def test_the_file_that_ships_is_good() -> None:
    settings = load_settings({}, DEFAULT_CONFIG)

    assert settings.llm.deadline_ms == 500
    assert (settings.calls.max_call_s, settings.calls.ring_timeout_s) == (600, 30)
    assert settings.voice.endpoint.quick_ms < settings.voice.endpoint.patient_ms


def test_the_database_is_in_the_data_folder_unless_given() -> None:
    assert load_settings({"LEADLINE_DATA_DIR": "/data"}, DEFAULT_CONFIG).database_url.endswith("////data/leadline.db")
    given = load_settings({"DATABASE_URL": "postgresql+asyncpg://db/x"}, DEFAULT_CONFIG)
    assert given.database_url == "postgresql+asyncpg://db/x"


def test_the_model_cache_is_the_users_unless_given() -> None:
    assert load_settings({}, DEFAULT_CONFIG).model_cache.parts[-2:] == ("leadline", "models")
    assert load_settings({"LEADLINE_MODEL_CACHE": "/models"}, DEFAULT_CONFIG).model_cache == Path("/models")


@pytest.mark.parametrize(
    ("change", "where", "field", "reason"),
    [
        (("deadline_ms: 500", "deadline_ms: -1"), "deadline_ms", "llm.deadline_ms", "greater than or equal to 0"),
        (("ring_timeout_s: 30", "ring_timeout_s: soon"), "ring_timeout_s", "calls.ring_timeout_s", "valid integer"),
        (("  region: US\n", ""), "calls", "calls.region", "required"),
        (("region: US", "region: usa"), "region", "calls.region", "match pattern"),
        (("quick_ms: 288", "quick_ms: 900"), "endpoint", "voice.endpoint", "must rise in this order"),
        (("stop: 0.35", "stop: 0.6"), "endpoint", "voice.endpoint", "stop must not be above start"),
        (("threads: 2", "treads: 2"), "treads", "speech.treads", "not permitted"),
    ],
)
def test_an_error_in_the_file_has_its_place(
    tmp_path: Path, change: tuple[str, str], where: str, field: str, reason: str
) -> None:
    text = DEFAULT_CONFIG.read_text(encoding="utf-8")
    assert change[0] in text
    file = tmp_path / "mine.yaml"
    file.write_text(text.replace(*change, 1), encoding="utf-8")

    with pytest.raises(InvalidFile, match=reason) as caught:
        load_settings({}, file)

    assert caught.value.field == field
    assert caught.value.line is not None
    assert file.read_text(encoding="utf-8").splitlines()[caught.value.line - 1].strip().startswith(f"{where}:")


def test_a_playbook_is_found_by_name_or_path(tmp_path: Path) -> None:
    folder = tmp_path / "playbooks"
    folder.mkdir()
    file = folder / "gym.yaml"
    file.touch()

    assert playbook_file("gym", config_dir=tmp_path) == file
    assert playbook_file(str(file)) == file


@pytest.mark.parametrize("playbook", ["spa", "spa.yaml", "./spa"])
def test_an_unknown_playbook_is_refused_with_the_known_ones(tmp_path: Path, playbook: str) -> None:
    (tmp_path / "playbooks").mkdir()
    (tmp_path / "playbooks" / "gym.yaml").touch()

    with pytest.raises(InvalidInput, match="LEADLINE_PLAYBOOK") as caught:
        playbook_file(playbook, config_dir=tmp_path)

    assert caught.value.mend == "give a path, or one of: gym"
