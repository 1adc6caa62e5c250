"""What the interfaces' tests share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.api.support import Served, served, settings_for
from tests.fakes.clock import ManualClock


@pytest.fixture
async def api(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Served]:
    """The server on loopback, without a key."""
    async with served(settings_for(tmp_path), clock) as running:
        yield running
