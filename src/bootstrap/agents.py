"""The agents, built: one graph and one prompt for all calls of a playbook."""

from __future__ import annotations

import asyncio

from agents.conversation import Agents
from agents.draft import Worder
from agents.graph import build_graph
from agents.playbook import Playbook
from agents.understanding import times
from domain.clock import Clock
from domain.ports import Calendar, Suppressions


def load_understanding() -> None:
    """Load what understanding needs, which takes about a second."""
    times.load()


async def agents_for(
    playbook: Playbook, worder: Worder, calendar: Calendar, suppressions: Suppressions, clock: Clock
) -> Agents:
    """Return what the conversations of `playbook` share, with everything loaded that the first turn needs."""
    await asyncio.to_thread(load_understanding)
    return Agents(
        playbook=playbook,
        graph=await asyncio.to_thread(build_graph, playbook),
        worder=worder,
        calendar=calendar,
        suppressions=suppressions,
        clock=clock,
    )
