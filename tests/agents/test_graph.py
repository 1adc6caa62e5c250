"""The graph: its nodes, its speed, and that it holds nothing."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import perf_counter

from agents.graph import Graph, studio_graph
from domain.turn import AgentName, Utterance
from tests.agents.support import Talk

MakeTalk = Callable[..., Talk]
DECISION_MS = 10.0
"""The bound of a turn's decision on an idle machine; a loaded one is given some more below."""


def test_every_agent_is_a_node(graph: Graph) -> None:
    nodes = set(graph.get_graph().nodes)
    assert {name.value for name in AgentName} <= nodes
    assert {"understand", "router"} <= nodes


def test_the_studio_opens_the_shipped_playbook() -> None:
    assert "scheduler" in studio_graph().get_graph().draw_mermaid()


async def test_a_turn_is_decided_in_milliseconds(talk: MakeTalk) -> None:
    call = talk()
    await call.begin()
    texts = ["Sure, go ahead.", "Somewhere in Riverside, up to half a million.", "How about Thursday afternoon?"]
    times = []
    for text in texts * 7:
        began = perf_counter()
        draft = await call.conversation.propose(Utterance(text))
        times.append((perf_counter() - began) * 1000)
        assert draft.times.understand_ms > 0
        await draft.discard()
    assert median(times) < DECISION_MS * 2


async def test_two_conversations_do_not_mix(talk: MakeTalk) -> None:
    one, other = talk(), talk(call_id="call-2")
    await one.begin()
    await other.begin()
    await one.says("Sure", "Oakwood")
    await other.says("Sure", "Lakeside")
    assert (one.slots()["area"], other.slots()["area"]) == ("Oakwood", "Lakeside")
