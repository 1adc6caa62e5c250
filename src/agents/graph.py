"""The LangGraph graph of a turn: understand, route, one agent, and the review behind it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from agents import analytics, objection, reception, scheduler
from agents.playbook import Playbook, load_playbook
from agents.qualification import MAX_ASKS, next_question, plan_question, score
from agents.router import route
from agents.state import Asked, Known, Plan, TurnState
from agents.turn import Turn
from agents.understanding.intents import Intent
from agents.understanding.understand import understand
from domain.events import HandedOver, SlotFilled
from domain.turn import AgentName

Graph = CompiledStateGraph[TurnState, None, TurnState, TurnState]


def build_graph(playbook: Playbook) -> Graph:
    """Return the compiled graph for `playbook`; it holds no state of its own."""
    graph = StateGraph(TurnState)
    graph.add_node("understand", lambda state: _understand(state, playbook))
    graph.add_node("router", lambda state: _route(state, playbook))
    planners: dict[AgentName, Callable[[Turn, str], Plan]] = {
        AgentName.CONVERSATION: _converse,
        AgentName.QUALIFICATION: _qualify,
        AgentName.OBJECTION: _object,
        AgentName.SCHEDULER: _schedule,
    }
    for name, planner in planners.items():
        graph.add_node(name.value, _node(playbook, planner))
        graph.add_edge(name.value, END)
    graph.add_node(AgentName.ANALYTICS.value, lambda state: _review(state, playbook))
    graph.add_edge(AgentName.ANALYTICS.value, END)
    graph.add_conditional_edges(START, _entry, ["understand", AgentName.ANALYTICS.value])
    graph.add_edge("understand", "router")
    graph.add_conditional_edges("router", lambda state: state["route"].value, [name.value for name in planners])
    return graph.compile()


def studio_graph() -> Graph:
    """Return the graph of the shipped playbook, for LangGraph Studio."""
    from settings.places import playbook_file

    return build_graph(load_playbook(playbook_file("real_estate")))


def _entry(state: TurnState) -> str:
    return AgentName.ANALYTICS.value if state.get("review") else "understand"


def _understand(state: TurnState, playbook: Playbook) -> dict[str, Any]:
    memory = state["memory"].copy()
    said = understand(state["utterance"], playbook, state["now"], asked=memory.asked, expects=memory.expects)
    return {"understanding": said, "memory": memory, "events": []}


def _turn(state: TurnState, playbook: Playbook) -> Turn:
    return Turn(
        playbook=playbook,
        state=state["memory"],
        utterance=state["utterance"],
        said=state["understanding"],
        now=state["now"],
        taken=state.get("taken", frozenset()),
        events=list(state.get("events", [])),
    )


def _route(state: TurnState, playbook: Playbook) -> dict[str, Any]:
    turn = _turn(state, playbook)
    _learn(turn)
    chosen, reason = route(turn)
    return {"route": chosen, "reason": reason, "events": turn.events}


def _node(playbook: Playbook, planner: Callable[[Turn, str], Plan]) -> Callable[[TurnState], dict[str, Any]]:
    def run(state: TurnState) -> dict[str, Any]:
        turn = _turn(state, playbook)
        plan = planner(turn, state["reason"])
        turn.state.question, turn.state.expects = plan.question or turn.state.question, plan.expects
        if plan.agent is not turn.state.agent:
            turn.events.append(HandedOver(from_=turn.state.agent, to=plan.agent, reason=plan.reason))
            turn.state.agent = plan.agent
        return {"plan": plan, "events": turn.events, "memory": turn.state}

    return run


def _learn(turn: Turn) -> None:
    """Take the facts of the utterance into the state; a value already known is changed only by a surer or new one."""
    state = turn.state
    state.turns += 1
    if turn.utterance.source != "silence":
        state.silences = 0
    if turn.said.text.strip():
        state.unclear = 0
        state.sentiment.append(turn.said.sentiment)
    for slot in turn.said.slots:
        known = state.slots.get(slot.name)
        if known is not None and known.value == slot.value:
            continue
        confidence = round(slot.confidence * turn.utterance.confidence, 3)
        state.slots[slot.name] = Known(slot.value, slot.quote, confidence, turn.utterance.start_ms)
        turn.events.append(
            SlotFilled(
                name=slot.name,
                value=slot.value,
                quote=slot.quote,
                confidence=confidence,
                start_ms=turn.utterance.start_ms,
            )
        )


def _converse(turn: Turn, reason: str) -> Plan:
    said = turn.said
    by_rule = reception.plan_rule(turn)
    if by_rule is not None:
        return by_rule
    if reason == "silence":
        return reception.plan_silence(turn)
    if reason == "not understood":
        return reception.plan_unclear(turn)
    if said.has(Intent.WHO):
        return reception.plan_who(turn)
    if said.has(Intent.REPEAT):
        return reception.plan_repeat(turn)
    if reason == "goodbye":
        return reception.plan_goodbye(turn, "the lead says goodbye", turn.playbook.lines.goodbye)
    return reception.plan_fact(turn, said.fact)


def _qualify(turn: Turn, reason: str) -> Plan:
    state = turn.state
    if state.asked and turn.said.has(Intent.UNSURE):
        state.times_asked[state.asked] = MAX_ASKS
    question = next_question(state, turn.playbook)
    if question is None:
        return _after_questions(turn)
    missed = state.asked == question.slot and state.times_asked.get(question.slot, 0) > 0
    lead_in = "" if missed else turn.acknowledgement()
    plan = plan_question(state, turn.playbook, question, lead_in=lead_in, reason=reason)
    turn.ask(question.slot, plan.question, plan.expects)
    return plan


def _after_questions(turn: Turn) -> Plan:
    value, _ = score(turn.state, turn.playbook)
    if value < turn.playbook.qualification.threshold:
        return reception.plan_goodbye(turn, "below the threshold", turn.playbook.lines.not_qualified)
    return scheduler.plan_scheduling(turn, lead_in=turn.acknowledgement())


def _object(turn: Turn, reason: str) -> Plan:
    kind = turn.said.objection or reason
    if reason in ("not interested", "refused"):
        return objection.plan_respect(turn, f"the lead is {reason}")
    return objection.plan_objection(turn, kind)


def _schedule(turn: Turn, reason: str) -> Plan:
    if reason in ("another time to call", "no time now"):
        return scheduler.plan_callback(turn)
    if turn.state.asked in (Asked.OFFER, Asked.READ_BACK):
        return scheduler.plan_scheduling(turn)
    return _after_questions(turn)


def _review(state: TurnState, playbook: Playbook) -> dict[str, Any]:
    memory = state["memory"].copy()
    return {"memory": memory, "events": list(analytics.review(memory, playbook))}

