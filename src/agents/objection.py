"""The objection agent: one attempt per kind, then respect."""

from __future__ import annotations

from agents.state import Asked, Phase, Plan
from agents.turn import Turn
from domain.events import Objection
from domain.turn import AgentName, Expects


def plan_objection(turn: Turn, kind: str) -> Plan:
    """Answer an objection of `kind` once; the second time, or where there is no answer, respect it and say goodbye."""
    turn.events.append(Objection(kind=kind))
    met = turn.state.objections.get(kind, 0)
    turn.state.objections[kind] = met + 1
    spec = turn.playbook.objections.get(kind)
    if spec is None or spec.attempt is None or met > 0 or sum(turn.state.objections.values()) > 3:
        return plan_respect(turn, f"objection {kind} is respected")
    asked = turn.state.asked
    if asked in turn.state.times_asked and asked in turn.playbook.slots:
        # The open question was not answered, so that asking it afresh is no repeat.
        turn.state.times_asked[asked] -= 1
    turn.ask(Asked.OBJECTION, "", Expects.YES_NO)
    return Plan(AgentName.OBJECTION, f"objection {kind}", turn.playbook.fill(spec.attempt), expects=Expects.YES_NO)


def plan_respect(turn: Turn, reason: str) -> Plan:
    """Accept a no and say goodbye."""
    turn.state.phase = Phase.OVER
    turn.state.holding.add("not_interested")
    line = turn.playbook.fill(turn.playbook.lines.not_interested)
    return Plan(AgentName.OBJECTION, reason, line, expects=Expects.NOTHING, ends_call=True)
