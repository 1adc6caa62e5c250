"""The gate before every dial, closed when in doubt."""

from __future__ import annotations

from domain.errors import Suppressed
from domain.phone import mask_phone
from domain.ports import Suppressions


class Gate:
    """Opens for numbers that nobody has suppressed; nothing is dialled around it."""

    def __init__(self, suppressions: Suppressions) -> None:
        """Look numbers up in `suppressions`."""
        self._suppressions = suppressions

    async def check(self, phone: str) -> None:
        """Return when `phone` (E.164) may be dialled.

        Raises:
            Suppressed: the number opted out.
            StorageFailed: the list can't be read, so nothing is dialled.
        """
        if await self._suppressions.contains(phone):
            raise Suppressed(f"{mask_phone(phone)} asked not to be called")
