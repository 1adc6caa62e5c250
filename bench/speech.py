"""Material for speech benchmarks: lines, voices, the telephone channel, model folders."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import wave
from pathlib import Path

import numpy as np

from domain.ports import Pcm16
from settings.environment import Environment
from settings.places import MODELS_FILE, model_cache_dir
from settings.yaml_file import load_yaml_model
from voice.audio.g711 import decode_ulaw, encode_ulaw
from voice.audio.resampler import resample
from weights.manifest import Manifest
from weights.store import ModelStore

HERE = Path(__file__).parent
TELEPHONE_RATE = 8000


def read_lines(name: str) -> list[str]:
    """Return the lines of a text file beside this one."""
    return (HERE / name).read_text(encoding="utf-8").splitlines()


def model_folder(name: str) -> Path:
    """Return where the model `name` lies."""
    cache = Environment().model_cache or model_cache_dir()
    return ModelStore(load_yaml_model(MODELS_FILE, Manifest), cache).path(name)


def telephone(pcm: Pcm16, rate: int, *, snr_db: float, seed: int) -> Pcm16:
    """Return what a telephone delivers at 8 kHz: 200 ms of line around the speech, hiss `snr_db` below it, µ-law."""
    narrow = np.pad(resample(pcm, rate, TELEPHONE_RATE), TELEPHONE_RATE // 5).astype(np.float64)
    power = np.mean(narrow**2) * 10 ** (-snr_db / 10)
    noisy = narrow + np.random.default_rng(seed).standard_normal(narrow.size) * np.sqrt(power)
    return decode_ulaw(encode_ulaw(np.clip(noisy, -32_768, 32_767).astype(np.int16)))


def speak_lead(lines: list[str]) -> list[tuple[Pcm16, int]]:
    """Speak the lines with the lead's voice, Piper in a process of its own; give samples and rate of each."""
    model = model_folder("piper-joe") / "en_US-joe-medium.onnx"
    spoken = []
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder) / "lines.txt"
        text.write_text("\n".join(lines), encoding="utf-8")
        command = [sys.executable, "-m", "piper", "-m", str(model), "-i", str(text), "-d", folder]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603  # our own interpreter and text
        for file in sorted(Path(folder).glob("*.wav"), key=lambda file: int(file.stem)):
            with wave.open(str(file)) as wav:
                spoken.append((np.frombuffer(wav.readframes(wav.getnframes()), dtype=np.int16), wav.getframerate()))
    assert len(spoken) == len(lines)
    return spoken
