from __future__ import annotations

from llm.embedded.tuning import calm_threads, default_threads


def test_waiting_threads_are_told_to_sleep_soon() -> None:
    environment: dict[str, str] = {}
    calm_threads(environment)
    assert 0 < int(environment["GOMP_SPINCOUNT"]) < 10_000


def test_what_a_person_has_set_stays() -> None:
    for chosen in ({"OMP_WAIT_POLICY": "active"}, {"GOMP_SPINCOUNT": "7"}):
        environment = dict(chosen)
        calm_threads(environment)
        assert environment == chosen


def test_threads_are_bounded() -> None:
    assert 1 <= default_threads() <= 8
