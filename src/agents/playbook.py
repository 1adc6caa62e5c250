"""What a business changes: identity, questions, scores, objections, lines, calendar. No domain word stands in code."""

from __future__ import annotations

import re
from datetime import time
from pathlib import Path
from string import Formatter
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from domain.turn import Expects
from settings.yaml_file import load_yaml_model


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        raise ValueError(f"no regular expression: {error}") from error
    return pattern


def _is_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"no time zone is named {name!r}") from error
    return name


def _has_known_placeholders(line: str) -> str:
    try:
        named = {name for _, name, _, _ in Formatter().parse(line) if name is not None}
    except ValueError as error:
        raise ValueError(f"no line with placeholders: {error}") from error
    unknown = named - PLACEHOLDERS
    if unknown:
        raise ValueError(f"no placeholder is named {min(unknown)!r}; there are {', '.join(sorted(PLACEHOLDERS))}")
    return line


PLACEHOLDERS = frozenset(("agent_name", "company", "disclosure", "reason", "place", "when", "first", "second"))
MOVING = frozenset(("when", "first", "second"))
"""Placeholders whose values change from turn to turn."""

Pattern = Annotated[str, AfterValidator(_compiles)]
Zone = Annotated[str, AfterValidator(_is_zone)]
Line = Annotated[str, Field(min_length=1, max_length=400), AfterValidator(_has_known_placeholders)]
Lines = Annotated[tuple[Line, ...], Field(min_length=1)]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Section(BaseModel):
    """A section of the file: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Identity(Section):
    """Who calls, for whom and why; `disclosure` says that it is a machine."""

    agent_name: str
    company: str
    disclosure: str
    reason: Line


class SlotSpec(Section):
    """A fact to learn.

    kind: count (a whole number, given with one of `units` or asked for), money, choice (a value of `values`, each with
    the patterns that mean it), boolean (a wish: patterns under `values`, which don't count inside a question), place (a
    name after one of `prepositions` or among `known`), offer (a name that the agent said, often ending in one of
    `nouns`, and that the lead takes up by one of `accepted_by`), date and time (of the appointment).
    Patterns under `if_asked` count only in answer to the slot's own question; `asked_by` tells that question in
    dialogues that other agents led. An amount below 1,000 said without a unit counts in `shorthand`.
    """

    kind: Literal["count", "money", "choice", "boolean", "place", "offer", "date", "time"]
    units: tuple[Pattern, ...] = ()
    values: dict[str, tuple[Pattern, ...]] = {}
    if_asked: dict[str, tuple[Pattern, ...]] = {}
    known: tuple[str, ...] = ()
    prepositions: tuple[str, ...] = ("in", "around", "near", "close to")
    nouns: tuple[Pattern, ...] = ()
    shorthand: Annotated[int, Field(ge=1)] = 1
    accepted_by: tuple[Pattern, ...] = ()
    asked_by: tuple[Pattern, ...] = ()

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> SlotSpec:
        if self.kind in ("choice", "boolean") and not self.values:
            raise ValueError(f"a {self.kind} needs values")
        if self.kind == "count" and not self.units:
            raise ValueError("a count needs units")
        if self.kind == "offer" and not self.accepted_by:
            raise ValueError("an offer needs accepted_by")
        return self


class Question(Section):
    """How to ask for a slot; `again` is asked when the first answer was not understood."""

    slot: str
    ask: Line
    again: Line
    expects: Expects = Expects.OPEN


class FactorRule(Section):
    """Points of the factor's weight, 0 to 1, when the slot's value fits: a pattern, or a least number."""

    points: Annotated[float, Field(ge=0, le=1)]
    matches: Pattern | None = None
    at_least: float | None = None

    @model_validator(mode="after")
    def _has_one_condition(self) -> FactorRule:
        if (self.matches is None) == (self.at_least is None):
            raise ValueError("a rule has either matches or at_least")
        return self


class Factor(Section):
    """A part of the score; the first rule that fits counts, a slot without value counts nothing."""

    slot: str
    weight: Annotated[float, Field(gt=0)]
    rules: Annotated[tuple[FactorRule, ...], Field(min_length=1)]


class Qualification(Section):
    """The questions in their order, and how their answers score; from `threshold` (0 to 100) a lead is qualified."""

    questions: Annotated[tuple[Question, ...], Field(min_length=1)]
    factors: Annotated[tuple[Factor, ...], Field(min_length=1)]
    threshold: Annotated[float, Field(ge=0, le=100)]


class Objection(Section):
    """A kind of objection: how it sounds, and the one attempt made, which ends in `question`.

    Without an attempt it is respected at once.
    """

    patterns: Annotated[tuple[Pattern, ...], Field(min_length=1)]
    attempt: Line | None = None
    question: Line | None = None

    @model_validator(mode="after")
    def _asks(self) -> Objection:
        if (self.attempt is None) != (self.question is None):
            raise ValueError("attempt and question come together")
        return self


class Request(Section):
    """Something the lead may ask for; `books` leads to the calendar at once, `usual` is what leads come for."""

    patterns: Annotated[tuple[Pattern, ...], Field(min_length=1)]
    books: bool = False
    usual: bool = False


class Fact(Section):
    """An answer that may be given to a question about the business."""

    patterns: Annotated[tuple[Pattern, ...], Field(min_length=1)]
    answer: Line


class Hours(Section):
    """Opening hours of a day, local time."""

    opens: time
    closes: time

    @model_validator(mode="after")
    def _in_order(self) -> Hours:
        if self.closes <= self.opens:
            raise ValueError("closes must be after opens")
        return self


class CalendarSpec(Section):
    """The bookable times at `place`: every `slot_minutes` within `hours`, from `notice_hours` on, for `days` days."""

    place: str
    zone: Zone
    slot_minutes: Annotated[int, Field(ge=5, le=480)]
    notice_hours: Annotated[int, Field(ge=0)]
    days: Annotated[int, Field(ge=1, le=90)]
    hours: dict[Weekday, Hours]


class VettedLines(Section):
    """What is said word for word. {when}, {first} and {second} are moments, the other placeholders the identity's."""

    opening: Line
    acknowledgements: Lines
    agreements: Lines
    reassurances: Lines
    robot: Line
    who: Line
    opt_out: Line
    wrong_number: Line
    human: Line
    not_interested: Line
    unclear: Lines
    silence: Annotated[Lines, Field(min_length=2)]
    silence_goodbye: Line
    repeat: Line
    here: Line
    wait: Line
    ask_callback: Line
    ask_callback_time: Line
    ask_half: Line
    callback_hours: Line
    callback: Line
    offer: Line
    offer_one: Line
    offer_again: Line
    no_times: Line
    ask_time: Line
    taken: Line
    read_back: Line
    booked: Line
    moved: Line
    cancelled: Line
    not_qualified: Line
    respect: Line
    unknown_fact: Line
    goodbye: Line


class Playbook(Section):
    """A whole playbook. `calling` holds the hours in which leads may be called, in their own time."""

    name: str
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")]
    identity: Identity
    slots: dict[str, SlotSpec]
    qualification: Qualification
    objections: dict[str, Objection]
    requests: dict[str, Request] = {}
    facts: dict[str, Fact] = {}
    calendar: CalendarSpec
    calling: Hours
    lines: VettedLines
    operator_keys: tuple[str, ...] = ("0",)

    @model_validator(mode="after")
    def _slots_exist(self) -> Playbook:
        named = [question.slot for question in self.qualification.questions]
        named += [factor.slot for factor in self.qualification.factors]
        for name in named:
            if name not in self.slots:
                raise ValueError(f"slot {name!r} is not among slots")
        return self

    def fill(self, line: str, **values: str) -> str:
        """Return `line` with its placeholders filled from the identity and `values`."""
        identity = {
            "agent_name": self.identity.agent_name,
            "company": self.identity.company,
            "disclosure": self.identity.disclosure,
            "reason": self.identity.reason,
            "place": self.calendar.place,
        }
        return line.format_map({**identity, **values})


def load_playbook(path: Path) -> Playbook:
    """Read a playbook.

    Raises:
        InvalidFile: it has an error; the message names file, line and field.
    """
    return load_yaml_model(path, Playbook)
