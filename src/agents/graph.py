"""The LangGraph graph of a turn: understand, route, one agent, and the review behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from agents import analytics, objection, qualification, reception, scheduler
from agents.learning import learn
from agents.playbook import Playbook, load_playbook
from agents.router import route
from agents.state import Asked, Plan, TurnState
from agents.turn import Turn, leave
from agents.understanding.intents import Intent, rules
from agents.understanding.times import find_time
from agents.understanding.understand import understand
from domain.events import HandedOver
from domain.turn import AgentName
from settings.places import playbook_file

Graph = CompiledStateGraph[TurnState, None, TurnState, TurnState]
Update = dict[str, Any]


class Node(Protocol):
    """A node: part of the state in, what changes out."""

    async def __call__(self, state: TurnState) -> Update:
        """Do its part of the turn."""
        ...


PLANNERS: dict[AgentName, Callable[[Turn, str], Plan]] = {
    AgentName.CONVERSATION: reception.plan,
    AgentName.QUALIFICATION: qualification.plan,
    AgentName.OBJECTION: objection.plan,
    AgentName.SCHEDULER: scheduler.plan,
}
ROUTER = "router"
UNDERSTAND = "understand"


def build_graph(playbook: Playbook) -> Graph:
    """Return the compiled graph for `playbook`; it holds no state of its own.

    Its nodes are coroutines that never wait, so that a turn takes no detour over a thread. The phrases are compiled
    here, so that the first turn doesn't wait for them.
    """
    rules()
    graph: StateGraph[TurnState, None, TurnState, TurnState] = StateGraph(TurnState)
    graph.add_node(UNDERSTAND, _understanding(playbook))
    graph.add_node(ROUTER, _routing(playbook))
    for name, planner in PLANNERS.items():
        graph.add_node(name.value, _planning(playbook, planner))
        graph.add_edge(name.value, END)
    graph.add_node(AgentName.ANALYTICS.value, _reviewing(playbook))
    graph.add_edge(AgentName.ANALYTICS.value, END)
    graph.add_conditional_edges(START, _entry, [UNDERSTAND, AgentName.ANALYTICS.value])
    graph.add_edge(UNDERSTAND, ROUTER)
    graph.add_conditional_edges(ROUTER, _chosen, [name.value for name in PLANNERS])
    return graph.compile()


def studio_graph() -> Graph:
    """Return the graph of the shipped playbook, for LangGraph Studio."""
    return build_graph(load_playbook(playbook_file("real_estate")))


def _entry(state: TurnState) -> str:
    return AgentName.ANALYTICS.value if state.get("review") else UNDERSTAND


def _chosen(state: TurnState) -> str:
    return state["route"].value


def _understanding(playbook: Playbook) -> Node:
    place = ZoneInfo(playbook.calendar.zone)

    async def understand_utterance(state: TurnState) -> Update:
        memory = state["memory"].copy()
        # Times of an appointment are meant where it takes place, those of a call where the lead is.
        arranging = memory.asked in (Asked.OFFER, Asked.READ_BACK) or memory.booked is not None
        now = state["now"].astimezone(place) if arranging else state["now"]
        said = understand(state["utterance"], playbook, now, asked=memory.asked, expects=memory.expects)
        named = memory.asked == Asked.READ_BACK or memory.booked is not None or memory.follow_up is not None
        if named and said.has(Intent.DENY, Intent.HEDGE) and said.wish.empty:
            # "No, make it three thirty": a no to a time is where another one is named.
            said = replace(said, wish=find_time(said.text, now, expected=True))
        elif said.request is not None and playbook.requests[said.request].books:
            said = replace(said, wish=find_time(said.text, state["now"].astimezone(place)))
        return {"understanding": said, "memory": memory, "events": []}

    return understand_utterance


def _routing(playbook: Playbook) -> Node:
    async def choose_agent(state: TurnState) -> Update:
        turn = _turn(state, playbook)
        learn(turn)
        chosen, reason = route(turn)
        return {"route": chosen, "reason": reason, "events": turn.events}

    return choose_agent


def _planning(playbook: Playbook, planner: Callable[[Turn, str], Plan]) -> Node:
    async def plan(state: TurnState) -> Update:
        turn = _turn(state, playbook)
        planned = planner(turn, state["reason"])
        if planned.ends_call:
            leave(turn.state, planned.question or planned.lead_in)
        if planned.agent is not turn.state.agent:
            turn.events.append(HandedOver(from_=turn.state.agent, to=planned.agent, reason=planned.reason))
            turn.state.agent = planned.agent
        return {"plan": planned, "events": turn.events, "memory": turn.state}

    return plan


def _reviewing(playbook: Playbook) -> Node:
    async def review(state: TurnState) -> Update:
        return {"reviewed": analytics.review(state["memory"], playbook)}

    return review


def _turn(state: TurnState, playbook: Playbook) -> Turn:
    return Turn(
        playbook=playbook,
        state=state["memory"],
        utterance=state["utterance"],
        said=state["understanding"],
        now=state["now"],
        heard=state.get("heard"),
        taken=state.get("taken", frozenset()),
        events=list(state["events"]),
    )
