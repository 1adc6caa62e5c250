from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from telemetry.privacy import mask, mask_value


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("+15550100123", "***23"),
        ("call +1 555 010 0123 now", "call ***23 now"),
        ("(555) 010-0123", "***23"),
        ("555.010.0123", "***23"),
        ("from=+442079460000,to=+15550100123", "from=***00,to=***23"),
        ("+15550100123.", "***23."),
        ("ann.lee+x@example.co.uk called", "***@*** called"),
    ],
)
def test_personal_data_is_masked(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-02",
        "2026-03-02T10:00:00.123456Z",
        "took 1234.5678 ms",
        "127.0.0.1:54321",
        "0d3d19a3-2d33-4833-8103-57c0889762bd",
        "0d3d19a32d3338f10357c0889762bd8d",
        "3 bedrooms for 450000",
        "call_12345678",
    ],
)
def test_what_is_no_phone_number_stays(text: str) -> None:
    assert mask(text) == text


@given(st.integers(min_value=10**9, max_value=10**15 - 1), st.sampled_from(["{}", "+{}", "to {} now", "({})", "'{}'"]))
def test_no_number_of_full_length_gets_through(number: int, frame: str) -> None:
    masked = mask(frame.format(number))

    assert str(number) not in masked
    assert sum(character.isdigit() for character in masked) == 2


def test_every_depth_is_masked() -> None:
    value = {"lead": {"phones": ["+15550100123"], "seen": ("a@b.co", 3)}, "ok": True, "none": None}

    assert mask_value(value) == {"lead": {"phones": ["***23"], "seen": ["***@***", 3]}, "ok": True, "none": None}


def test_objects_are_masked_as_they_would_be_written() -> None:
    @dataclass
    class Lead:
        phone: str

    assert (
        mask_value(Lead("+15550100123"))
        == "test_objects_are_masked_as_they_would_be_written.<locals>.Lead(phone='***23')"
    )
    assert mask_value(SecretStr("key")) == "**********"
    assert mask_value(datetime(2026, 3, 2, tzinfo=UTC)) == datetime(2026, 3, 2, tzinfo=UTC)
