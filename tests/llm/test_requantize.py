from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from gguf import GGMLQuantizationType, GGUFReader, GGUFWriter
from gguf.quants import dequantize, quantize

from llm.embedded.iq4nl import quantize_iq4nl
from llm.embedded.requantize import fast_copy

SLOW = GGMLQuantizationType.Q5_0
FAST = GGMLQuantizationType.IQ4_NL


def write_model(path: Path, layer: GGMLQuantizationType) -> np.ndarray:
    """Write a model of three tensors; return its layer's weights."""
    weights = np.random.default_rng(1).standard_normal((4, 64)).astype(np.float32)
    writer = GGUFWriter(path, "qwen2")
    writer.add_name("tiny")
    writer.add_array("tokenizer.ggml.tokens", ["a", "b"])
    for name, kind in [("token_embd.weight", SLOW), ("output.weight", SLOW), ("blk.0.ffn_up.weight", layer)]:
        data = quantize_iq4nl(weights) if kind is FAST else quantize(weights, kind)
        writer.add_tensor(name, data, raw_dtype=kind)
    writer.add_tensor("blk.0.attn_norm.weight", weights[0])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return weights


def error_of(found: np.ndarray, weights: np.ndarray) -> float:
    """Return the error's root mean square as a share of the weights'."""
    return float(np.sqrt(((found - weights) ** 2).mean() / (weights**2).mean()))


def test_only_the_layers_matrices_change(tmp_path: Path) -> None:
    original = tmp_path / "tiny.gguf"
    weights = write_model(original, SLOW)
    reader = GGUFReader(fast_copy(original, tmp_path / "fast"))
    tensors = {tensor.name: tensor for tensor in reader.tensors}
    kinds = {name: tensor.tensor_type for name, tensor in tensors.items()}
    assert kinds == {
        "token_embd.weight": SLOW,
        "output.weight": SLOW,
        "blk.0.ffn_up.weight": FAST,
        "blk.0.attn_norm.weight": GGMLQuantizationType.F32,
    }
    layer = tensors["blk.0.ffn_up.weight"]
    assert error_of(dequantize(layer.data, layer.tensor_type), weights) < 0.1
    assert reader.fields["general.name"].contents() == "tiny"
    assert reader.fields["tokenizer.ggml.tokens"].contents() == ["a", "b"]


def test_the_copy_is_made_once(tmp_path: Path) -> None:
    original = tmp_path / "tiny.gguf"
    write_model(original, SLOW)
    first = fast_copy(original, tmp_path)
    made = first.stat().st_mtime_ns
    assert fast_copy(original, tmp_path).stat().st_mtime_ns == made
    assert sorted(path.name for path in tmp_path.iterdir()) == ["tiny.gguf", "tiny.iq4_nl.gguf"]


def test_a_fast_model_is_used_as_it_is(tmp_path: Path) -> None:
    original = tmp_path / "tiny.gguf"
    write_model(original, FAST)
    assert fast_copy(original, tmp_path) == original


def test_a_break_leaves_no_copy(tmp_path: Path) -> None:
    original = tmp_path / "tiny.gguf"
    original.write_bytes(b"GGUF but not really")
    with pytest.raises(ValueError, match="version"):
        fast_copy(original, tmp_path / "fast")
    assert not list(tmp_path.glob("fast/*"))


def test_it_is_closer_than_the_even_levels_of_q4_0() -> None:
    weights = np.random.default_rng(2).standard_normal((64, 256)).astype(np.float32)
    uneven = dequantize(quantize_iq4nl(weights), FAST)
    even = dequantize(quantize(weights, GGMLQuantizationType.Q4_0), GGMLQuantizationType.Q4_0)
    assert error_of(uneven, weights) < 0.9 * error_of(even, weights)


def test_zeros_stay_zeros() -> None:
    assert not dequantize(quantize_iq4nl(np.zeros((2, 32), np.float32)), FAST).any()
