"""Figures: percentiles by nearest rank, bars that need something to measure, reports written whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.figures import SCHEMA_VERSION, at_least, at_most, machine, percentile, spread, write_json


@pytest.mark.parametrize(
    ("values", "share", "value"),
    [([], 0.5, None), ([7], 0.95, 7), ([1, 2, 3, 4], 0.5, 2), (list(range(1, 101)), 0.95, 95), ([3, 1, 2], 1.0, 3)],
)
def test_percentile(values: list[float], share: float, value: float | None) -> None:
    assert percentile(values, share) == value


def test_spread() -> None:
    assert spread([3, 1, 2]) == {"p50": 2, "p95": 3, "n": 3}
    assert spread([]) == {"p50": None, "p95": None, "n": 0}


def test_a_bar_without_measurements_is_missed() -> None:
    assert not at_most("latency", 900, []).met
    assert not at_least("share", 0.6, 0, 0).met


def test_bars_are_met_strictly_below_and_from_on() -> None:
    assert at_most("latency", 900, [899.0]).met
    assert not at_most("latency", 900, [900.0]).met
    assert at_least("share", 0.6, 6, 10).met
    assert not at_least("share", 0.6, 5, 10).met


def test_a_report_is_written_whole_with_its_version(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "report.json"
    write_json(target, {"bars": []})
    assert json.loads(target.read_text(encoding="utf-8")) == {"schema_version": SCHEMA_VERSION, "bars": []}
    assert [path.name for path in target.parent.iterdir()] == ["report.json"]


def test_the_machine_is_named() -> None:
    assert set(machine()) == {"cores", "processor", "system", "python"}
