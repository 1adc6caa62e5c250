"""The state of the parts, as /ready tells it."""

from __future__ import annotations

from bootstrap.health import PARTS, Health


def test_all_parts_warm_first_but_the_cache_that_nobody_configured() -> None:
    health = Health()
    assert set(health.checks) == set(PARTS)
    assert health.checks["cache"] == "absent"
    assert set(health.checks.values()) == {"warming", "absent"}
    assert not health.ready
    assert health.reason == ""


def test_ready_when_no_part_warms_or_is_down() -> None:
    health = Health()
    for part in PARTS:
        health.set(part, "ok")
    assert health.ready
    health.set("telephony", "absent")
    assert health.ready
    health.set("llm", "down", "gone")
    assert not health.ready
    assert health.reason == "gone"
    health.set("llm", "ok")
    assert health.ready
    assert health.reason == ""


def test_a_failed_start_takes_down_what_still_warms_and_is_never_ready() -> None:
    health = Health()
    health.set("database", "ok")
    health.fail("no model")
    assert health.checks["database"] == "ok"
    assert health.checks["llm"] == "down"
    assert health.reason == "no model"
    for part in PARTS:
        health.set(part, "ok")
    assert not health.ready
