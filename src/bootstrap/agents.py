"""The agents, built: one graph and one prompt for all calls of a playbook."""

from __future__ import annotations

import asyncio

from agents.conversation import Agents
from agents.draft import Worder
from agents.graph import build_graph
from agents.playbook import Playbook
from agents.understanding import times
from agents.wording import load_prompt
from domain.clock import Clock
from domain.ports import Calendar, Suppressions
from llm.chat import ChatModel


def load_understanding() -> None:
    """Load what understanding needs, which takes about a second."""
    times.load()


async def agents_for(
    playbook: Playbook,
    *,
    model: ChatModel | None,
    deadline_s: float,
    calendar: Calendar,
    suppressions: Suppressions,
    clock: Clock,
) -> Agents:
    """Return what the conversations of `playbook` share, with everything loaded that the first turn needs."""
    await asyncio.to_thread(load_understanding)
    return Agents(
        playbook=playbook,
        graph=await asyncio.to_thread(build_graph, playbook),
        worder=Worder(model, load_prompt(playbook), deadline_s),
        calendar=calendar,
        suppressions=suppressions,
        clock=clock,
    )
