"""WAV files as users have them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

from domain.errors import InvalidFile
from domain.ports import Pcm16


def read_wav(path: Path) -> tuple[Pcm16, int]:
    """Return the first channel as int16 and the sample rate.

    Raises:
        InvalidFile: it can't be read, or is no audio file.
    """
    try:
        samples, rate = soundfile.read(path, dtype="int16", always_2d=True)
    except (OSError, soundfile.LibsndfileError) as error:
        raise InvalidFile(path, f"can't be read as audio: {error}") from error
    first: Pcm16 = np.ascontiguousarray(samples[:, 0])
    return first, int(rate)
