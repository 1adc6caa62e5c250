"""The shipped leads reach in text what their files expect of a call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from simulator.persona import Answer, Persona
from simulator.persona_file import load_persona
from tests.agents.support import Talk

MAX_TURNS = 20


def answers(persona: Persona) -> Callable[[str], str]:
    """Return what the lead says to a line of the agent's; an answer given once is used up."""
    used: set[int] = set()

    def fitting(line: str) -> Iterator[tuple[int, Answer]]:
        return ((at, each) for at, each in enumerate(persona.answers) if at not in used and each.matches(line))

    def answer(line: str) -> str:
        at, chosen = next(fitting(line), (None, None))
        if at is None or chosen is None:
            return persona.otherwise or ""
        if chosen.once:
            used.add(at)
        return chosen.say or ""

    return answer


@pytest.mark.parametrize("name", ["ready_buyer", "not_interested", "busy"])
async def test_a_persona_gets_its_outcome(talk: Callable[..., Talk], repository: Path, name: str) -> None:
    persona = load_persona(repository / "config" / "personas" / f"{name}.yaml")
    call, answer = talk(), answers(persona)
    line = await call.begin()
    for _ in range(MAX_TURNS):
        if call.ended or persona.hangs_up_on(line):
            break
        line = await call.say(answer(line))
    assert call.ended
    assert await call.close() == persona.expect.outcome
    assert bool(call.calendar.holders) is persona.expect.appointment
    assert persona.expect.slots.items() <= call.slots().items()
