"""Impairments at the level that was asked for."""

from __future__ import annotations

import numpy as np
import pytest

from domain.ports import Pcm16
from simulator.line import Impairments, SimulatedLine
from simulator.sound import frames, level_dbfs, silence
from tests.simulator.support import tone


def line(**wrong: float) -> SimulatedLine:
    return SimulatedLine(np.random.default_rng(1), Impairments(**wrong))


def carried(over: SimulatedLine, lead: Pcm16, agent: Pcm16) -> Pcm16:
    return np.concatenate([over.carry(*pair) for pair in zip(frames(lead), frames(agent), strict=True)])


def test_silent_line_hisses_faintly() -> None:
    assert level_dbfs(carried(line(), silence(2_000), silence(2_000))) == pytest.approx(-65, abs=0.5)


def test_noise_is_as_loud_as_its_ratio_says() -> None:
    noisy = carried(line(snr_db=10.0), silence(2_000), tone(500.0, 2_000))
    assert level_dbfs(noisy) == pytest.approx(-30, abs=0.3)


def test_echo_comes_late_and_weak() -> None:
    agent = np.concatenate([tone(500.0, 400), silence(400)])
    heard = carried(line(echo_erl_db=12.0, echo_delay_ms=110.0), silence(800), agent)
    assert level_dbfs(heard[:880]) < -60
    assert level_dbfs(heard[880:4_080]) == pytest.approx(-32, abs=0.2)
    assert level_dbfs(heard[4_100:]) < -60


def test_echo_without_delay_is_in_the_same_frame() -> None:
    heard = carried(line(echo_erl_db=6.0, echo_delay_ms=0.0), silence(100), tone(500.0, 100))
    assert level_dbfs(heard) == pytest.approx(-26, abs=0.2)


def test_jitter_has_its_deviation() -> None:
    delays = [1000 * line_delay for line_delay in _delays(line(jitter_ms=25.0), 4_000)]
    assert np.std(delays) == pytest.approx(25, rel=0.05)
    assert min(delays) >= 0
    assert _delays(line(), 3) == [0.0, 0.0, 0.0]


def _delays(over: SimulatedLine, count: int) -> list[float]:
    return [over.delay_s() for _ in range(count)]
