from __future__ import annotations

import pytest

from resilience.breaker import Breaker, BreakerState


@pytest.fixture
def breaker() -> Breaker:
    return Breaker(failures=3, rest_s=10.0)


def trip(breaker: Breaker, now: float = 0.0) -> None:
    for _ in range(3):
        assert breaker.allows(now)
        breaker.failed(now)


def test_it_starts_closed_and_lets_all_through(breaker: Breaker) -> None:
    assert breaker.state(0.0) is BreakerState.CLOSED
    assert all(breaker.allows(0.0) for _ in range(100))


def test_failures_in_a_row_open_it(breaker: Breaker) -> None:
    breaker.failed(0.0)
    breaker.failed(0.0)
    assert breaker.state(0.0) is BreakerState.CLOSED
    breaker.failed(0.0)

    assert breaker.state(0.0) is BreakerState.OPEN
    assert not breaker.allows(9.9)


def test_a_success_between_failures_starts_the_count_anew(breaker: Breaker) -> None:
    breaker.failed(0.0)
    breaker.failed(0.0)
    breaker.succeeded()
    breaker.failed(0.0)
    breaker.failed(0.0)

    assert breaker.state(0.0) is BreakerState.CLOSED


def test_after_its_rest_it_lets_one_try_through(breaker: Breaker) -> None:
    trip(breaker)

    assert breaker.state(10.0) is BreakerState.HALF_OPEN
    assert breaker.allows(10.0)
    assert not breaker.allows(10.0)
    assert not breaker.allows(25.0)


def test_a_good_try_closes_it(breaker: Breaker) -> None:
    trip(breaker)
    assert breaker.allows(10.0)
    breaker.succeeded()

    assert breaker.state(10.0) is BreakerState.CLOSED
    assert breaker.allows(10.0)


def test_a_bad_try_opens_it_for_another_rest(breaker: Breaker) -> None:
    trip(breaker)
    assert breaker.allows(10.0)
    breaker.failed(11.0)

    assert breaker.state(20.9) is BreakerState.OPEN
    assert breaker.state(21.0) is BreakerState.HALF_OPEN


def test_an_abandoned_try_lets_the_next_one_through(breaker: Breaker) -> None:
    trip(breaker)
    assert breaker.allows(10.0)
    breaker.abandoned()

    assert breaker.allows(10.1)


def test_an_abandoned_try_changes_nothing_when_closed(breaker: Breaker) -> None:
    breaker.failed(0.0)
    breaker.failed(0.0)
    breaker.abandoned()
    breaker.failed(0.0)

    assert breaker.state(0.0) is BreakerState.OPEN


def test_late_failures_of_tries_begun_before_it_opened_keep_it_open(breaker: Breaker) -> None:
    trip(breaker)
    breaker.failed(4.0)

    assert breaker.state(13.9) is BreakerState.OPEN
    assert breaker.state(14.0) is BreakerState.HALF_OPEN
