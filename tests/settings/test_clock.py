from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from domain.clock import Clock
from settings import ShiftedClock, SystemClock, clock_from
from settings.environment import read_environment
from tests.fakes.clock import ManualClock

START = "2031-05-06T10:00:00+03:00"
CLOCKS: list[Callable[[], Clock]] = [SystemClock, lambda: ShiftedClock(datetime(2031, 5, 6, tzinfo=UTC)), ManualClock]


@pytest.mark.parametrize("make", CLOCKS)
def test_every_clock_is_in_utc_and_never_goes_back(make: Callable[[], Clock]) -> None:
    clock = make()
    times = [(clock.now(), clock.monotonic()) for _ in range(100)]

    assert all(now.tzinfo is UTC for now, _ in times)
    assert times == sorted(times)


def test_the_shifted_clock_starts_where_told_and_runs_at_real_speed() -> None:
    clock = clock_from(read_environment({"LEADLINE_CLOCK": START}))
    before, start, after = clock.monotonic(), clock.now(), clock.monotonic()
    later = [(clock.monotonic(), clock.now(), clock.monotonic()) for _ in range(1000)]

    assert timedelta(0) <= start - datetime.fromisoformat(START) < timedelta(seconds=5)
    assert all(least - after <= (now - start).total_seconds() + 1e-5 for least, now, _ in later)
    assert all((now - start).total_seconds() <= most - before + 1e-5 for _, now, most in later)


def test_without_a_setting_the_machine_tells_the_time() -> None:
    clock = clock_from(read_environment({}))

    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_the_manual_clock_moves_both_times() -> None:
    clock = ManualClock()
    before = clock.now()
    clock.advance(1.5)

    assert clock.now() - before == timedelta(seconds=1.5)
    assert clock.monotonic() == 1.5
