"""µ-law at 8 kHz after ITU-T G.711, by tables."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from domain.ports import Pcm16

_BIAS = 132
_CLIP = 32_635


def _decoding_table() -> Pcm16:
    codes = ~np.arange(256, dtype=np.uint8)
    exponent = ((codes >> 4) & 7).astype(np.int32)
    magnitude = (((codes & 15).astype(np.int32) << 3) + _BIAS << exponent) - _BIAS
    return np.where(codes & 0x80, -magnitude, magnitude).astype(np.int16)


def _encoding_table() -> NDArray[np.uint8]:
    linear = np.arange(-32_768, 32_768, dtype=np.int32)
    biased = np.minimum(np.abs(linear), _CLIP) + _BIAS
    exponent = np.floor(np.log2(biased)).astype(np.int32) - 7
    mantissa = (biased >> (exponent + 3)) & 15
    sign = np.where(linear < 0, 0x80, 0)
    codes: NDArray[np.int32] = ~(sign | (exponent << 4) | mantissa) & 0xFF
    return codes.astype(np.uint8)


_DECODED = _decoding_table()
_ENCODED = _encoding_table()


def encode(pcm: Pcm16) -> bytes:
    """Return one µ-law byte per sample of `pcm`, shape (samples,)."""
    return _ENCODED[pcm.astype(np.int32) + 32_768].tobytes()


def decode(payload: bytes) -> Pcm16:
    """Return one sample per µ-law byte, shape (len(payload),)."""
    return _DECODED[np.frombuffer(payload, dtype=np.uint8)]
