"""The environment's variables: names, kinds and defaults."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)

from domain.errors import InvalidInput


def _http_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be a URL that starts with http:// or https://")
    return text.rstrip("/")


Url = Annotated[str, AfterValidator(_http_url)]


class Variables(BaseModel):
    """A group of variables; each field's alias is the variable's name."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Twilio(Variables):
    """The carrier's account. `base_url` points the client at another host."""

    account_sid: str | None = Field(None, alias="TWILIO_ACCOUNT_SID")
    auth_token: SecretStr | None = Field(None, alias="TWILIO_AUTH_TOKEN")
    from_number: str | None = Field(None, alias="TWILIO_FROM_NUMBER", pattern=r"^\+[1-9][0-9]{6,14}$")
    base_url: Url | None = Field(None, alias="TWILIO_BASE_URL")

    @property
    def configured(self) -> bool:
        """Whether calls can be placed and webhooks be checked."""
        return None not in (self.account_sid, self.auth_token, self.from_number)


class ElevenLabs(Variables):
    """The premium voice."""

    api_key: SecretStr | None = Field(None, alias="ELEVENLABS_API_KEY")
    base_url: Url | None = Field(None, alias="ELEVENLABS_BASE_URL")


class Google(Variables):
    """Sheets."""

    credentials: Path | None = Field(None, alias="GOOGLE_APPLICATION_CREDENTIALS")
    sheets_base_url: Url | None = Field(None, alias="GOOGLE_SHEETS_BASE_URL")


class LangSmith(Variables):
    """Traces."""

    tracing: bool = Field(False, alias="LANGSMITH_TRACING")
    endpoint: Url | None = Field(None, alias="LANGSMITH_ENDPOINT")
    api_key: SecretStr | None = Field(None, alias="LANGSMITH_API_KEY")
    project: str = Field("leadline", alias="LANGSMITH_PROJECT")


class Environment(Variables):
    """Every variable that Leadline reads; an empty one counts as unset."""

    host: str = Field("127.0.0.1", alias="LEADLINE_HOST")
    port: int = Field(8000, alias="LEADLINE_PORT", ge=0, le=65_535)
    data_dir: Path = Field(Path("var"), alias="LEADLINE_DATA_DIR")
    api_key: SecretStr | None = Field(None, alias="LEADLINE_API_KEY")
    playbook: str = Field("real_estate", alias="LEADLINE_PLAYBOOK")
    clock: AwareDatetime | None = Field(None, alias="LEADLINE_CLOCK")
    model: str = Field("qwen2.5-coder-0.5b-instruct", alias="LEADLINE_MODEL")
    model_cache: Path | None = Field(None, alias="LEADLINE_MODEL_CACHE")
    public_base_url: Url | None = Field(None, alias="PUBLIC_BASE_URL")
    database_url: SecretStr | None = Field(None, alias="DATABASE_URL")
    redis_url: SecretStr | None = Field(None, alias="REDIS_URL")
    ollama_host: str | None = Field(None, alias="OLLAMA_HOST")
    twilio: Twilio = Twilio()
    elevenlabs: ElevenLabs = ElevenLabs()
    google: Google = Google()
    langsmith: LangSmith = LangSmith()

    @model_validator(mode="after")
    def _key_beyond_loopback(self) -> Self:
        if self.api_key is None and not is_loopback(self.host):
            raise InvalidInput(
                f"LEADLINE_HOST: {self.host} is beyond loopback and needs LEADLINE_API_KEY",
                mend="set LEADLINE_API_KEY, or LEADLINE_HOST to 127.0.0.1",
            )
        return self


_GROUPS: dict[str, type[Variables]] = {
    "twilio": Twilio,
    "elevenlabs": ElevenLabs,
    "google": Google,
    "langsmith": LangSmith,
}


def is_loopback(host: str) -> bool:
    """Return whether `host`, a name or an address, is this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def read_environment(env: Mapping[str, str]) -> Environment:
    """Read the variables in `env`.

    Raises:
        InvalidInput: a value can't be used; the message begins with the variable's name.
    """
    given = {name: value.strip() for name, value in env.items() if value.strip()}
    try:
        groups = {name: group.model_validate(given) for name, group in _GROUPS.items()}
        return Environment.model_validate({**given, **groups})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        reason = first["msg"].removeprefix("Value error, ")
        raise InvalidInput(f"{first['loc'][0]}: {reason[:1].lower()}{reason[1:]}") from None
