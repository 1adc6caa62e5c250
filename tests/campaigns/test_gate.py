"""The gate before every dial."""

from __future__ import annotations

import pytest

from campaigns.gate import Gate
from domain.errors import StorageFailed, Suppressed

PHONE = "+14155550199"


class Listed:
    """A list that holds one number, or can't be read."""

    def __init__(self, phone: str, *, broken: bool = False) -> None:
        self._phone = phone
        self._broken = broken

    async def contains(self, phone: str) -> bool:
        if self._broken:
            raise StorageFailed("the list can't be read")
        return phone == self._phone

    async def add(self, phone: str, *, reason: str, at: object) -> None:
        raise AssertionError("the gate only reads")


async def test_other_numbers_pass() -> None:
    await Gate(Listed(PHONE)).check("+14155550177")


async def test_a_suppressed_number_does_not_and_is_masked() -> None:
    with pytest.raises(Suppressed) as refusal:
        await Gate(Listed(PHONE)).check(PHONE)
    assert PHONE not in str(refusal.value)
    assert str(refusal.value).endswith("99 asked not to be called")


async def test_a_list_that_cannot_be_read_closes_the_gate() -> None:
    with pytest.raises(StorageFailed):
        await Gate(Listed(PHONE, broken=True)).check("+14155550177")
