"""G.711 µ-law by table.

ITU-T G.711 defines µ-law on 14-bit magnitudes with decision values (33 + mantissa steps) << segment. A 16-bit sample
is four times that scale, so the bias is 132 and magnitudes clip at 32,635. Codes carry sign, segment and mantissa with
all bits inverted; negative samples mirror positive ones. A sample on a decision value takes the outer code.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from domain.ports import Pcm16

SILENCE = 0xFF
"""The code of sample 0."""

_BIAS = 132
_CLIP = 32_635


def _build_decode_table() -> NDArray[np.int16]:
    codes = ~np.arange(256, dtype=np.uint8)
    segment = ((codes >> 4) & 0x07).astype(np.int32)
    mantissa = (codes & 0x0F).astype(np.int32)
    magnitude = (((mantissa << 3) + _BIAS) << segment) - _BIAS
    return np.where(codes & 0x80, -magnitude, magnitude).astype(np.int16)


def _build_encode_table() -> NDArray[np.uint8]:
    samples = np.arange(65_536, dtype=np.uint16).view(np.int16).astype(np.int32)
    magnitude = np.minimum(np.abs(samples), _CLIP) + _BIAS
    segment = np.searchsorted(256 << np.arange(7), magnitude, side="right")
    mantissa = (magnitude >> (segment + 3)) & 0x0F
    sign = np.where(samples < 0, 0x80, 0)
    codes: NDArray[np.uint8] = (~(sign | (segment << 4) | mantissa) & 0xFF).astype(np.uint8)
    return codes


_DECODE = _build_decode_table()
_ENCODE = _build_encode_table()


def encode_ulaw(pcm: Pcm16) -> bytes:
    """Encode int16 samples, shape (n,), into n µ-law bytes; magnitudes above 32,635 clip."""
    return _ENCODE[np.ascontiguousarray(pcm, dtype=np.int16).view(np.uint16)].tobytes()


def decode_ulaw(data: bytes) -> Pcm16:
    """Decode n µ-law bytes into int16 samples, shape (n,), writable."""
    pcm: Pcm16 = _DECODE[np.frombuffer(data, dtype=np.uint8)]
    return pcm
