"""The agent's voice at telephone quality, judged by a recogniser: words lost, time, level, peaks.

Run with `python -m bench.tts` from the repository's root, with src on PYTHONPATH.
"""

from __future__ import annotations

import asyncio
import time

import numpy as np

from bench.speech import TELEPHONE_RATE, model_folder, read_lines, telephone
from bench.wer import edit_distance, normalize
from voice.audio.levels import active_dbfs, peak_dbfs
from voice.stt.whisper import WhisperOptions, WhisperStt
from voice.tts.hibari import HibariVoice


async def measure() -> None:
    """Print each line that was misheard, then the figures."""
    stt = WhisperStt(model_folder("whisper-base"), WhisperOptions(pad_s=None))
    voice = HibariVoice()
    await stt.warm()
    began = time.perf_counter()
    await voice.warm()
    print(f"load and warm: {(time.perf_counter() - began) * 1000:.0f} ms")
    errors, words, times, levels, peaks, seconds = 0, 0, [], [], [], 0.0
    lines = read_lines("agent_lines.txt")
    for seed, line in enumerate(lines):
        began = time.perf_counter()
        chunks = [chunk async for chunk in voice.synthesize(line)]
        times.append((time.perf_counter() - began) * 1000)
        pcm, rate = np.concatenate([chunk.pcm for chunk in chunks]), chunks[0].sample_rate
        seconds += pcm.size / rate
        levels.append(active_dbfs(pcm, sample_rate=rate))
        peaks.append(peak_dbfs(pcm))
        narrow = telephone(pcm, rate, snr_db=40, seed=seed)
        heard = await stt.transcribe(narrow, sample_rate=TELEPHONE_RATE, language="en")
        lost = edit_distance(normalize(line), normalize(heard.text))
        errors, words = errors + lost, words + len(normalize(line))
        if lost:
            print(f"{lost} of {len(normalize(line))}: {line} -> {heard.text}")
    print(f"{len(lines)} lines, {seconds:.0f} s: WER {100 * errors / words:.1f} %")
    print(f"synthesis p50 {np.median(times):.0f} ms, p95 {np.percentile(times, 95):.0f} ms")
    print(f"active level {min(levels):.1f} to {max(levels):.1f} dBFS, peaks at most {max(peaks):.1f} dBFS")
    await stt.close()
    await voice.close()


if __name__ == "__main__":
    asyncio.run(measure())
