"""Phone numbers in E.164."""

from __future__ import annotations

import phonenumbers

from domain.errors import InvalidPhone


def parse_phone(text: str, *, region: str = "US") -> str:
    """Return `text` in E.164, reading numbers without a country code as of `region`.

    Raises:
        InvalidPhone: `text` is no possible phone number; the message says why.
    """
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as error:
        raise InvalidPhone(f"{text!r} is not a phone number: {error}") from error
    if not phonenumbers.is_possible_number(number):
        reason = phonenumbers.is_possible_number_with_reason(number)
        words = phonenumbers.ValidationResult.to_string(reason).lower().replace("_", " ")
        raise InvalidPhone(f"{text!r} is not a phone number: {words}")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def mask_phone(number: str) -> str:
    """Return `number` with all but its last two digits hidden, for logs."""
    return "*" * max(len(number) - 2, 0) + number[-2:]
