"""Which KV cache slot a request goes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

Prompt = Sequence[tuple[str, str]]
"""Role and content of each message."""


@dataclass(slots=True)
class _Slot:
    number: int
    prompt: Prompt = ()
    users: int = 0


class SlotTable:
    """Keeps voice and background in slots of their own, so that neither evicts the other's prefix.

    Within its lane a request takes the slot with the fewest users, then the one that shares most of its prompt.
    """

    def __init__(self, *, voice: int, background: int) -> None:
        """Number the slots: voice first."""
        slots = [_Slot(number) for number in range(voice + background)]
        self._voice, self._background = slots[:voice], slots[voice:]

    def take(self, prompt: Prompt, *, voice: bool) -> int:
        """Return the slot for `prompt` and count one more user of it."""
        lane = self._voice if voice else self._background
        slot = min(lane, key=lambda candidate: (candidate.users, -_shared(candidate.prompt, prompt), candidate.number))
        slot.users += 1
        slot.prompt = prompt
        return slot.number

    def give(self, number: int) -> None:
        """Count one user less."""
        slot = (self._voice + self._background)[number]
        slot.users -= 1


def _shared(first: Prompt, second: Prompt) -> int:
    """Count the characters of the leading messages that both prompts have."""
    same = takewhile(lambda pair: pair[0] == pair[1], zip(first, second, strict=False))
    return sum(len(message[1]) for message, _ in same)
