"""Personal data never enters a log: phone numbers and e-mail addresses are masked in every value, however deep."""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping
from datetime import datetime

# Seven to fifteen digits (E.164's bounds), with the separators that people write. A letter, digit, hyphen, colon or
# stop on either side makes it an id, a time or a decimal.
_PHONE = re.compile(r"(?<![\w.:-])\+?\(?\d(?:[ ().-]{0,2}\d){6,14}(?![\w:-]|\.\d)")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_DATE_OR_DECIMAL = re.compile(r"\d{4}-\d{2}-\d{2}(?!\d)|\d+\.\d+$")


def mask(text: str) -> str:
    """Return `text` with phone numbers cut to their last two digits and e-mail addresses hidden."""
    return _EMAIL.sub("***@***", _PHONE.sub(_mask_number, text))


def _mask_number(match: re.Match[str]) -> str:
    found = match.group()
    if _DATE_OR_DECIMAL.match(found):
        return found
    return "***" + re.sub(r"\D", "", found)[-2:]


def mask_value(value: object) -> object:
    """Return `value` with every text in it masked; mappings and sequences are copied."""
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, Mapping):
        return {key: mask_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [mask_value(item) for item in value]
    if value is None or isinstance(value, bool | int | float | datetime):
        return value
    return mask(str(value))


def mask_event(_logger: object, _method: str, event: MutableMapping[str, object]) -> MutableMapping[str, object]:
    """Mask every field of a log line; a processor for structlog."""
    for key, value in event.items():
        event[key] = mask_value(value)
    return event
