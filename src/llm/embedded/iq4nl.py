"""The IQ4_NL format of llama.cpp: blocks of 32 weights, each one of 16 uneven levels times the block's scale.

The levels and the search for the scale, which weighs each error by the weight's square, are those of llama.cpp's
`quantize_row_iq4_nl_impl` (ggml/src/ggml-quants.c), with fewer candidates.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BLOCK = 32
_LEVELS = np.array([-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113], np.float32)
_NEAREST = np.abs(np.arange(-128, 128, dtype=np.float32)[:, None] - _LEVELS).argmin(axis=1).astype(np.uint8)
_CANDIDATES = (-6.0, -3.0, 0.0, 3.0, 6.0)
_BATCH = 16_384
_TINY = 1e-20

Floats = NDArray[np.float32]


def quantize_iq4nl(weights: Floats) -> NDArray[np.uint8]:
    """Return `weights`, shape (rows, columns), as bytes, shape (rows, columns / 32 x 18).

    Columns must be a multiple of 32.
    """
    rows, columns = weights.shape
    blocks = weights.reshape(-1, BLOCK)
    packed = np.concatenate([_pack(blocks[at : at + _BATCH]) for at in range(0, len(blocks), _BATCH)])
    return packed.reshape(rows, columns // BLOCK * packed.shape[1])


def _pack(blocks: Floats) -> NDArray[np.uint8]:
    scales = _scales(blocks).astype(np.float16)
    codes = _codes(blocks, _inverse(scales.astype(np.float32)))
    half = BLOCK // 2
    nibbles = codes[:, :half] | (codes[:, half:] << 4)
    return np.concatenate([scales.view(np.uint8).reshape(-1, 2), nibbles], axis=1)


def _scales(blocks: Floats) -> Floats:
    """Return the best scale of each block among those that bring its largest weight near the lowest level."""
    importance = blocks * blocks
    largest = np.take_along_axis(blocks, np.abs(blocks).argmax(axis=1)[:, None], axis=1)[:, 0]
    best = np.zeros(len(blocks), np.float32)
    scores = np.full(len(blocks), -1, np.float32)
    for shift in _CANDIDATES:
        levels = _LEVELS[_codes(blocks, (shift + _LEVELS[0]) * _inverse(largest))]
        weighted = importance * levels
        products = np.einsum("ij,ij->i", weighted, blocks)
        scale = products / np.maximum(np.einsum("ij,ij->i", weighted, levels), _TINY)
        better = scale * products > scores
        best[better], scores[better] = scale[better], (scale * products)[better]
    return best


def _codes(blocks: Floats, inverse_scales: Floats) -> NDArray[np.uint8]:
    steps = np.clip(np.rint(blocks * inverse_scales[:, None]), -128, 127).astype(np.int16)
    codes: NDArray[np.uint8] = _NEAREST[steps + 128]
    return codes


def _inverse(scales: Floats) -> Floats:
    inverse: Floats = np.divide(1, scales, out=np.zeros_like(scales), where=scales != 0)
    return inverse
