"""µ-law against the values of ITU-T G.711, table 2a."""

from __future__ import annotations

import numpy as np
import pytest

from simulator import mulaw

SEGMENT_ENDS = {0x80: 8031, 0x8F: 4191, 0x9F: 2079, 0xAF: 1023, 0xBF: 495, 0xCF: 231, 0xDF: 99, 0xEF: 33, 0xFF: 0}
"""Decoder outputs in the standard's 14-bit scale, a quarter of ours."""


@pytest.mark.parametrize(("code", "value"), SEGMENT_ENDS.items())
def test_decoder_outputs_of_the_standard(code: int, value: int) -> None:
    assert mulaw.decode(bytes([code])) == value * 4
    assert mulaw.decode(bytes([code & 0x7F])) == -value * 4


def test_every_code_but_negative_zero_survives() -> None:
    codes = bytes(code for code in range(256) if code != 0x7F)
    assert mulaw.encode(mulaw.decode(codes)) == codes


def test_error_stays_within_half_a_step_and_peaks_are_clipped() -> None:
    linear = np.arange(-32_768, 32_768, dtype=np.int32)
    decoded = mulaw.decode(mulaw.encode(linear.astype(np.int16))).astype(np.int32)
    inside = np.abs(linear) <= 32_635
    step = np.maximum(8, 2.0 ** (np.floor(np.log2(np.abs(linear) + 132.0)) - 4))
    assert np.all(np.abs(decoded - linear)[inside] <= step[inside] / 2)
    assert np.max(np.abs(decoded)) == 32_124
