"""Recognition of a lead's lines: word error rate and time, by model, window and threads.

Run with `python -m bench.stt` from the repository's root, with src on PYTHONPATH.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.speech import TELEPHONE_RATE, model_folder, read_lines, speak_lead, telephone
from bench.wer import edit_distance, normalize
from domain.ports import Pcm16
from voice.audio.resampler import resample
from voice.stt.whisper import WhisperOptions, WhisperStt

_SIZES_S = tuple(float(size) for size in range(2, 31))
_HEADER = "| model | window | threads | WER % | p50 ms | p95 ms | 1.5 to 2.5 s, p50 ms | full-window retries |"


@dataclass(frozen=True, slots=True)
class Result:
    """One line recognised: errors, words, seconds of audio, milliseconds taken, whether tried twice."""

    errors: int
    words: int
    seconds: float
    ms: float
    retried: bool


def _row(model: str, window: str, threads: int, results: list[Result]) -> str:
    errors, words = sum(each.errors for each in results), sum(each.words for each in results)
    times = [each.ms for each in results]
    short = [each.ms for each in results if 1.5 <= each.seconds <= 2.5]
    return (
        f"| {model} | {window} | {threads} | {100 * errors / words:.1f} | {np.median(times):.0f} | "
        f"{np.percentile(times, 95):.0f} | {np.median(short):.0f} | {sum(each.retried for each in results)} |"
    )


def _score(line: str, text: str) -> tuple[int, int]:
    reference = normalize(line)
    return edit_distance(reference, normalize(text)), len(reference)


async def _ours(folder: Path, options: WhisperOptions, lines: list[str], audio: list[Pcm16]) -> list[Result]:
    stt = WhisperStt(folder, options)
    await stt.warm()
    results = []
    for line, pcm in zip(lines, audio, strict=True):
        heard = await stt.transcribe(pcm, sample_rate=TELEPHONE_RATE, language="en")
        results.append(Result(*_score(line, heard.text), pcm.size / TELEPHONE_RATE, heard.compute_ms, heard.retried))
    await stt.close()
    return results


def _plain(folder: Path, threads: int, lines: list[str], audio: list[Pcm16]) -> list[Result]:
    """Recognise with faster-whisper as its manual says, greedily."""
    from faster_whisper import WhisperModel

    model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=threads)
    results = []
    for line, pcm in zip(lines, audio, strict=True):
        began = time.perf_counter()
        wide = resample(pcm, TELEPHONE_RATE, 16_000).astype(np.float32) / 32_768
        segments, _ = model.transcribe(wide, language="en", beam_size=1)
        text = " ".join(segment.text for segment in segments)
        took = (time.perf_counter() - began) * 1000
        results.append(Result(*_score(line, text), pcm.size / TELEPHONE_RATE, took, False))
    return results


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", nargs="+", default=["whisper-base", "whisper-tiny.en"])
    parser.add_argument("--threads", type=int, default=2, help="one count a process: the engine keeps the first")
    parser.add_argument("--pads", nargs="+", type=float, default=[10, 7, 5, 3])
    parser.add_argument("--snr-db", type=float, default=30.0)
    args = parser.parse_args()
    lines = read_lines("lead_lines.txt")
    spoken = speak_lead(lines)
    audio = [telephone(pcm, rate, snr_db=args.snr_db, seed=seed) for seed, (pcm, rate) in enumerate(spoken)]
    print(f"{len(lines)} lines, SNR {args.snr_db:g} dB\n\n{_HEADER}\n|---|---|---|---|---|---|---|---|")
    for model in args.models:
        folder = model_folder(model)
        threads = args.threads
        print(_row(model, "faster-whisper, 30 s", threads, _plain(folder, threads, lines, audio)), flush=True)
        choices = {"30 s": WhisperOptions(threads=threads, pad_s=None)}
        for pad in args.pads:
            choices[f"+{pad:g} s"] = WhisperOptions(threads=threads, pad_s=pad, windows_s=_SIZES_S)
        choices["shipped"] = WhisperOptions(threads=threads)
        for window, options in choices.items():
            print(_row(model, window, threads, asyncio.run(_ours(folder, options, lines, audio))), flush=True)


if __name__ == "__main__":
    main()
