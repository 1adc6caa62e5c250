"""How llama.cpp runs, as measured."""

from __future__ import annotations

import os
from collections.abc import MutableMapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tuning:
    """Settings of the engine.

    Attributes:
        threads: for generating and for reading the prompt alike.
        context: tokens a slot holds.
        batch: tokens of a prompt read at once; a request can be cancelled between two batches, and another slot's
            tokens go along with each.
        voice_slots: KV cache slots for calls.
        background_slots: KV cache slots for all else.
    """

    threads: int = 2
    context: int = 2048
    batch: int = 64
    voice_slots: int = 1
    background_slots: int = 1


def calm_threads(environment: MutableMapping[str, str]) -> None:
    """Let waiting OpenMP threads sleep soon; call it before llama.cpp is loaded.

    By default they spin for long at each barrier, hundreds of times a token. When other work shares the cores, a
    spinning thread keeps its partner from running. With one busy thread beside two of ours on two cores, the fifth
    token comes after 620 ms instead of 1,040; with idle cores a token takes 5 ms more. Not to spin at all costs 16 ms.
    """
    if "OMP_WAIT_POLICY" not in environment:
        environment.setdefault("GOMP_SPINCOUNT", "100")


def default_threads() -> int:
    """Return the cores this process may use, at most 8: more don't speed up a small model."""
    return min(len(os.sched_getaffinity(0)), 8)
