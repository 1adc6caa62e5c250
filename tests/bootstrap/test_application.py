"""The composition root: what it refuses, and what a start that fails leaves behind."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bootstrap.application import Application, check_files
from domain.errors import InvalidInput, MissingPart, ModelMissing
from settings.load import Settings, load_settings
from settings.places import DEFAULT_CONFIG


def settings(folder: Path, **variables: str) -> Settings:
    places = {"LEADLINE_DATA_DIR": str(folder / "data"), "LEADLINE_MODEL_CACHE": str(folder / "models")}
    return load_settings({**places, **variables}, DEFAULT_CONFIG)


def test_a_playbook_that_is_not_there_is_refused_before_anything_starts(tmp_path: Path) -> None:
    check_files(settings(tmp_path))
    with pytest.raises(InvalidInput, match="no playbook 'nowhere'"):
        check_files(settings(tmp_path, LEADLINE_PLAYBOOK="nowhere"))


async def test_a_missing_model_is_told_to_all_who_ask_and_everything_closes(tmp_path: Path) -> None:
    application = Application(settings(tmp_path))
    application.start()
    with pytest.raises(ModelMissing) as missing:
        await application.runtime()
    assert str(missing.value.mend).startswith("leadline models pull ")
    await asyncio.sleep(0)
    assert not application.health.ready
    assert application.health.reason == str(missing.value)
    assert "warming" not in application.health.checks.values()
    await application.drain(1)
    await application.close()


async def test_what_has_not_started_has_no_runtime_and_closes(tmp_path: Path) -> None:
    application = Application(settings(tmp_path))
    with pytest.raises(MissingPart, match="has not started"):
        await application.runtime()
    await application.drain(1)
    await application.close()


async def test_a_start_may_be_broken_off(tmp_path: Path) -> None:
    application = Application(settings(tmp_path))
    application.start()
    await application.close()
    assert not application.health.ready


def test_the_public_url_is_the_configured_one_else_where_the_server_listens(tmp_path: Path) -> None:
    plain = Application(settings(tmp_path))
    assert plain.public_url == ""
    plain.listening("http://127.0.0.1:8000")
    assert plain.public_url == "http://127.0.0.1:8000"
    public = Application(settings(tmp_path, PUBLIC_BASE_URL="https://calls.example.com"))
    public.listening("http://127.0.0.1:8000")
    assert public.public_url == "https://calls.example.com"


def test_webhooks_are_checked_once_there_is_a_token(tmp_path: Path) -> None:
    assert Application(settings(tmp_path)).signature_check() is None
    assert Application(settings(tmp_path, **TWILIO)).signature_check() is not None


TWILIO = {
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "secret",
    "TWILIO_FROM_NUMBER": "+14155550100",
}
