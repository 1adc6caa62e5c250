"""µ-law against an independent reading of the standard: decision values and mid-points, searched one by one."""

from bisect import bisect_right

import numpy as np

from voice.audio.g711 import SILENCE, decode_ulaw, encode_ulaw


def decision_values() -> list[int]:
    """The 128 lower decision values of Table 2a on the 14-bit scale: 0, 1, 3, 5 ... 31, 35 ... 95, 103 ... 7903."""
    values = [0]
    step, edge = 2, 1
    for segment in range(8):
        for _ in range(15 if segment == 0 else 16):
            values.append(edge)
            edge += step
        step *= 2
    return values


DECISIONS = decision_values()


def reference_code(sample: int) -> int:
    level = bisect_right(DECISIONS, abs(sample) / 4) - 1
    return (0x7F if sample < 0 else 0xFF) - level


def reference_value(code: int) -> int:
    level = (0x7F if code < 0x80 else 0xFF) - code
    upper = [*DECISIONS[1:], 8159]
    middle = 0 if level == 0 else (DECISIONS[level] + upper[level]) // 2
    return -4 * middle if code < 0x80 else 4 * middle


def test_the_reference_has_the_values_printed_in_the_standard() -> None:
    assert len(DECISIONS) == 128
    assert [DECISIONS[at] for at in (1, 16, 32, 48, 64, 80, 96, 112, 127)] == [
        1,
        31,
        95,
        223,
        479,
        991,
        2015,
        4063,
        7903,
    ]
    assert reference_value(0x80) == 4 * 8031


def test_every_sample_encodes_as_the_standard_says() -> None:
    samples = np.arange(-32_768, 32_768).astype(np.int16)
    assert list(encode_ulaw(samples)) == [reference_code(int(sample)) for sample in samples]


def test_every_code_decodes_as_the_standard_says() -> None:
    assert decode_ulaw(bytes(range(256))).tolist() == [reference_value(code) for code in range(256)]


def test_codes_survive_the_round_trip_save_negative_zero() -> None:
    codes = bytes(range(256))
    assert encode_ulaw(decode_ulaw(codes)) == codes.replace(b"\x7f", b"\xff")


def test_silence_is_the_code_of_zero() -> None:
    assert encode_ulaw(np.zeros(160, dtype=np.int16)) == bytes([SILENCE]) * 160


def test_decoded_audio_is_its_receivers_to_change() -> None:
    pcm = decode_ulaw(b"\x00\xff")
    pcm[0] = 1
    assert decode_ulaw(b"\x00")[0] == -32_124


def test_strided_and_empty_audio_encode() -> None:
    stereo = np.arange(8, dtype=np.int16) * 1000
    assert encode_ulaw(stereo[::2]) == encode_ulaw(stereo[::2].copy())
    assert encode_ulaw(np.empty(0, dtype=np.int16)) == b""
    assert decode_ulaw(b"").size == 0
