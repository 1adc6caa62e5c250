from __future__ import annotations

from datetime import UTC, datetime

import pytest

from domain.errors import InvalidInput
from settings.environment import is_loopback, read_environment


def test_defaults_stand_when_nothing_is_set() -> None:
    environment = read_environment({"PATH": "/bin", "HOME": "/root"})

    assert (environment.host, environment.port, str(environment.data_dir)) == ("127.0.0.1", 8000, "var")
    assert environment.playbook == "real_estate"
    assert environment.clock is None
    assert environment.ollama_host is None
    assert not environment.twilio.configured
    assert not environment.langsmith.tracing


def test_every_variable_is_read() -> None:
    environment = read_environment(
        {
            "LEADLINE_HOST": "0.0.0.0",
            "LEADLINE_PORT": "0",
            "LEADLINE_DATA_DIR": "/data",
            "LEADLINE_API_KEY": "key",
            "LEADLINE_PLAYBOOK": "dental_clinic",
            "LEADLINE_CLOCK": "2026-03-02T10:00:00-05:00",
            "LEADLINE_MODEL": "qwen3:0.6b",
            "LEADLINE_MODEL_CACHE": "/models",
            "PUBLIC_BASE_URL": "https://calls.example.com/",
            "DATABASE_URL": "postgresql+asyncpg://u:p@db/leadline",
            "REDIS_URL": "redis://cache",
            "OLLAMA_HOST": "gpu:11434",
            "TWILIO_ACCOUNT_SID": "AC1",
            "TWILIO_AUTH_TOKEN": "token",
            "TWILIO_FROM_NUMBER": "+15550100100",
            "TWILIO_BASE_URL": "http://127.0.0.1:9",
            "ELEVENLABS_API_KEY": "voice",
            "ELEVENLABS_BASE_URL": "http://127.0.0.1:10",
            "GOOGLE_APPLICATION_CREDENTIALS": "/key.json",
            "GOOGLE_SHEETS_BASE_URL": "http://127.0.0.1:11",
            "LANGSMITH_TRACING": "true",
            "LANGSMITH_ENDPOINT": "http://127.0.0.1:12",
            "LANGSMITH_API_KEY": "trace",
            "LANGSMITH_PROJECT": "sales",
        }
    )

    assert (environment.host, environment.port, environment.model) == ("0.0.0.0", 0, "qwen3:0.6b")
    assert environment.clock is not None
    assert environment.clock.astimezone(UTC) == datetime(2026, 3, 2, 15, tzinfo=UTC)
    assert environment.public_base_url == "https://calls.example.com"
    assert environment.twilio.configured
    assert environment.twilio.base_url == "http://127.0.0.1:9"
    assert str(environment.google.credentials) == "/key.json"
    assert (environment.langsmith.tracing, environment.langsmith.project) == (True, "sales")


def test_secrets_never_show() -> None:
    names = (
        "LEADLINE_API_KEY",
        "DATABASE_URL",
        "REDIS_URL",
        "TWILIO_AUTH_TOKEN",
        "ELEVENLABS_API_KEY",
        "LANGSMITH_API_KEY",
    )
    environment = read_environment({name: "s3cret" for name in names})

    assert "s3cret" not in repr(environment)
    assert environment.twilio.auth_token is not None
    assert environment.twilio.auth_token.get_secret_value() == "s3cret"


def test_an_empty_variable_counts_as_unset() -> None:
    environment = read_environment({"LEADLINE_PORT": "", "LEADLINE_CLOCK": "  ", "LEADLINE_API_KEY": ""})

    assert (environment.port, environment.clock, environment.api_key) == (8000, None, None)


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("LEADLINE_PORT", "eighty", "valid integer"),
        ("LEADLINE_PORT", "70000", "less than or equal to 65535"),
        ("LEADLINE_CLOCK", "2026-03-02T10:00:00", "timezone"),
        ("LEADLINE_CLOCK", "tomorrow", "valid datetime"),
        ("PUBLIC_BASE_URL", "calls.example.com", "http:// or https://"),
        ("PUBLIC_BASE_URL", "https://", "http:// or https://"),
        ("TWILIO_FROM_NUMBER", "555 0100", "match pattern"),
        ("TWILIO_BASE_URL", "ftp://host", "http:// or https://"),
        ("LANGSMITH_TRACING", "maybe", "valid boolean"),
    ],
)
def test_a_bad_value_is_refused_by_name(name: str, value: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason) as caught:
        read_environment({name: value})

    assert str(caught.value).startswith(f"{name}: ")
    assert "\n" not in str(caught.value)


def test_a_bad_secret_is_not_repeated() -> None:
    with pytest.raises(InvalidInput) as caught:
        read_environment({"TWILIO_FROM_NUMBER": "s3cret"})

    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "::", "example.com"])
def test_beyond_loopback_a_key_is_needed(host: str) -> None:
    with pytest.raises(InvalidInput, match=r"LEADLINE_HOST: .* needs LEADLINE_API_KEY") as caught:
        read_environment({"LEADLINE_HOST": host})

    assert caught.value.mend is not None
    assert caught.value.exit_code == 2
    assert read_environment({"LEADLINE_HOST": host, "LEADLINE_API_KEY": "key"}).host == host


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_loopback_needs_no_key(host: str) -> None:
    assert is_loopback(host)
    assert read_environment({"LEADLINE_HOST": host}).api_key is None
