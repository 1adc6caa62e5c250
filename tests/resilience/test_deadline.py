from __future__ import annotations

from resilience import Deadline


def test_time_left_falls_to_nothing() -> None:
    deadline = Deadline.after(0.5, now=10.0)

    assert deadline.at == 10.5
    assert deadline.remaining(10.25) == 0.25
    assert deadline.remaining(11.0) == 0.0


def test_it_passes_at_its_very_moment() -> None:
    deadline = Deadline(10.0)

    assert not deadline.passed(9.999)
    assert deadline.passed(10.0)


def test_the_sooner_of_two_holds() -> None:
    early, late = Deadline(1.0), Deadline(2.0)

    assert early.sooner(late) is early
    assert late.sooner(early) is early
    assert early.sooner(Deadline(1.0)) is early
