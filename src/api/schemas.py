"""What the REST interface takes and gives."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator


class LeadIn(BaseModel):
    """What is known of a lead."""

    model_config = ConfigDict(extra="forbid")

    name: str | None = Field(None, max_length=200)
    timezone: str | None = None
    address: str | None = Field(None, max_length=500)
    value: str | None = Field(None, max_length=50)

    @field_validator("timezone")
    @classmethod
    def _is_a_zone(cls, name: str | None) -> str | None:
        if name is not None:
            try:
                ZoneInfo(name)
            except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # OSError: a folder of zones, an endless name
                raise ValueError(f"no time zone is named {name!r}") from error
        return name


class CallIn(BaseModel):
    """A call to place."""

    model_config = ConfigDict(extra="forbid")

    to: str = Field(min_length=1, max_length=50)
    playbook: str | None = Field(None, pattern=r"^[A-Za-z0-9_-]{1,64}$")
    lead: LeadIn = LeadIn()
    idempotency_key: str | None = Field(None, min_length=1, max_length=200)


class CallOut(BaseModel):
    """A call that was placed."""

    call_id: str
