"""Who picks up: what a lead says to what the agent says, and what must come of it."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from domain.errors import InvalidPhone
from domain.events import OUTCOMES
from domain.phone import parse_phone

_PAUSE_PLACE = re.compile(r"(?:\.{3}|…|[.,])\s+(?=\S)")


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        raise ValueError(f"no regular expression: {error}") from error
    return pattern


Pattern = Annotated[str, AfterValidator(_compiles)]


def at_pause(text: str) -> tuple[str, str] | None:
    """Split `text` after its first full stop, comma or ellipsis that has words behind it; None without one."""
    place = _PAUSE_PLACE.search(text)
    return (text[: place.end()].rstrip(), text[place.end() :]) if place else None


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Answer(_Section):
    """One line of a lead: spoken when `when` is found in all that the agent said since the lead last spoke.

    An empty `say` keeps quiet and goes on listening. Times are in milliseconds.
    """

    when: Pattern
    say: str | None = None
    audio: str | None = None
    once: bool = False
    pause_ms: int = Field(default=0, ge=0, le=10_000)
    barge_in_ms: int | None = Field(default=None, ge=0, le=60_000)

    @model_validator(mode="after")
    def _is_one_line(self) -> Answer:
        if (self.say is None) == (self.audio is None):
            raise ValueError("give either say or audio")
        if self.pause_ms and (self.say is None or at_pause(self.say) is None):
            raise ValueError("pause_ms needs a say with a full stop, comma or ellipsis inside")
        return self

    @property
    def is_quiet(self) -> bool:
        """Whether the lead keeps quiet."""
        return self.say == ""

    def matches(self, text: str) -> bool:
        """Whether the agent's `text` calls for this answer."""
        return re.search(self.when, text, re.IGNORECASE) is not None


class Expectation(_Section):
    """What must come of the call."""

    outcome: str
    appointment: bool = False
    slots: dict[str, str] = {}

    @field_validator("outcome")
    @classmethod
    def _is_an_outcome(cls, outcome: str) -> str:
        if outcome not in OUTCOMES:
            raise ValueError(f"none of {', '.join(OUTCOMES)}")
        return outcome


class Persona(_Section):
    """A lead; `phone` is E.164, `language` an ISO 639-1 code."""

    name: str = Field(min_length=1)
    phone: str
    language: str = Field(default="en", pattern="^[a-z]{2}$")
    voice: Literal["lead", "lead2"] = "lead"
    greeting: str = "Hello?"
    answers: tuple[Answer, ...] = ()
    otherwise: str | None = None
    hang_up_when: Pattern | None = None
    expect: Expectation

    @field_validator("phone")
    @classmethod
    def _is_a_number(cls, phone: str) -> str:
        try:
            return parse_phone(phone)
        except InvalidPhone as error:
            raise ValueError(str(error)) from error

    def hangs_up_on(self, text: str) -> bool:
        """Whether the agent's `text` makes the lead hang up."""
        return self.hang_up_when is not None and re.search(self.hang_up_when, text, re.IGNORECASE) is not None
