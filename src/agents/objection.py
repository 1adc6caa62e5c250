"""The objection agent: one attempt per kind, then respect."""

from __future__ import annotations

from agents.router import NOT_INTERESTED, REFUSED
from agents.state import Asked, Phase, Plan
from agents.turn import Turn
from domain.events import Objection
from domain.turn import AgentName, Expects

MAX_ATTEMPTS = 3
"""Attempts over all kinds in one conversation."""


def plan(turn: Turn, reason: str) -> Plan:
    """Answer an objection, the reason being its kind; a plain no is respected at once."""
    if reason in (NOT_INTERESTED, REFUSED):
        return _respect(turn, f"the lead is not interested: {reason}")
    return _answer(turn, reason)


def _answer(turn: Turn, kind: str) -> Plan:
    """Answer an objection of `kind` once; the second time, or where there is no answer, respect it."""
    state, spec = turn.state, turn.playbook.objections[kind]
    turn.events.append(Objection(kind=kind))
    met = state.objections.get(kind, 0)
    attempts = sum(state.objections.values())
    state.objections[kind] = met + 1
    if spec.attempt is None or spec.question is None or met > 0 or attempts >= MAX_ATTEMPTS:
        return _respect(turn, f"objection {kind} is respected")
    if state.asked in turn.playbook.slots:
        # The open question was not answered, so asking it afresh is no repeat.
        state.times_asked[state.asked] = max(state.times_asked.get(state.asked, 0) - 1, 0)
    question = turn.playbook.fill(spec.question)
    turn.ask(Asked.OBJECTION, question, Expects.YES_NO)
    return Plan(
        agent=AgentName.OBJECTION,
        reason=f"objection {kind}",
        lead_in=turn.playbook.fill(spec.attempt),
        question=question,
        expects=Expects.YES_NO,
    )


def _respect(turn: Turn, reason: str) -> Plan:
    turn.state.phase = Phase.OVER
    turn.state.holding.add("not_interested")
    line = turn.playbook.fill(turn.playbook.lines.not_interested)
    return Plan(AgentName.OBJECTION, reason, line, expects=Expects.NOTHING, ends_call=True)
