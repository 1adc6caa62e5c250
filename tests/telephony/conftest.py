"""What telephony's tests share."""

from __future__ import annotations

import pytest

from tests.fakes.clock import ManualClock
from tests.telephony.support import Desk


@pytest.fixture
async def desk(clock: ManualClock) -> Desk:
    """A switchboard over fakes."""
    return Desk(clock)
