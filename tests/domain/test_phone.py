"""Phone numbers in any usual form; what is none is refused with the reason."""

from __future__ import annotations

import pytest

from domain.errors import InvalidPhone
from domain.phone import mask_phone, parse_phone


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("+14155550101", "+14155550101"),
        ("(415) 555-0101", "+14155550101"),
        ("415.555.0101", "+14155550101"),
        ("+44 20 7946 0958", "+442079460958"),
        ("1 415 555 0101", "+14155550101"),
    ],
)
def test_usual_forms(text: str, number: str) -> None:
    assert parse_phone(text) == number


def test_a_number_without_a_country_is_of_the_region() -> None:
    assert parse_phone("020 7946 0958", region="GB") == "+442079460958"


@pytest.mark.parametrize("text", ["", "hello", "12", "+1415555", "+999123456789", "4155550101234567890"])
def test_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(InvalidPhone, match="not a phone number"):
        parse_phone(text)


def test_masking_keeps_two_digits() -> None:
    assert mask_phone("+14155550101") == "**********01"
