"""The qualification agent: one question at a time, never what is known, and a score with its evidence."""

from __future__ import annotations

import re

from agents.playbook import Factor, Playbook, Question
from agents.state import ConversationState, Phase, Plan
from agents.turn import NONE, Acknowledgement, Turn
from domain.events import FactorScore
from domain.turn import AgentName, Expects

MAX_ASKS = 2

BELOW = "the answers score below the threshold"


def plan(turn: Turn, reason: str) -> Plan:
    """Ask the next question, with an acknowledgement of what was said; take leave where the score is too low."""
    question = next_question(turn.state, turn.playbook)
    if question is None or reason == BELOW:
        turn.state.phase = Phase.OVER
        turn.state.holding.add("not_interested")
        line = turn.playbook.fill(turn.playbook.lines.not_qualified)
        return Plan(AgentName.QUALIFICATION, reason, line, expects=Expects.NOTHING, ends_call=True)
    missed = turn.state.asked == question.slot and turn.state.times_asked.get(question.slot, 0) > 0
    if missed and turn.said.slots:
        # Another fact was given instead, so the question was not misheard.
        turn.state.times_asked[question.slot] -= 1
        missed = False
    return plan_question(turn, question, NONE if missed else turn.acknowledgement(), reason=reason, again=missed)


def plan_question(turn: Turn, question: Question, before: Acknowledgement, *, reason: str, again: bool = False) -> Plan:
    """Return the plan that asks `question`, in other words where it is asked `again`, after what comes `before`."""
    state = turn.state
    state.times_asked[question.slot] = state.times_asked.get(question.slot, 0) + 1
    state.phase = Phase.AWAITING_INFO
    turn.ask(question.slot, turn.playbook.fill(question.again if again else question.ask), question.expects)
    return Plan(
        agent=AgentName.QUALIFICATION,
        reason=reason,
        lead_in=before.text,
        question=state.question,
        expects=question.expects,
        worded=before.worded,
    )


def next_question(state: ConversationState, playbook: Playbook) -> Question | None:
    """Return the first question whose slot is unknown and that was asked less than twice."""
    for question in playbook.qualification.questions:
        if question.slot not in state.slots and state.times_asked.get(question.slot, 0) < MAX_ASKS:
            return question
    return None


def score(state: ConversationState, playbook: Playbook) -> tuple[float, dict[str, FactorScore]]:
    """Return the score, 0 to 100, and each factor's points with the quote that supports them."""
    factors: dict[str, FactorScore] = {}
    for factor in playbook.qualification.factors:
        known = state.slots.get(factor.slot)
        points = _share(factor, known.value) * factor.weight if known else 0.0
        factors[factor.slot] = FactorScore(
            points=round(points, 2),
            weight=factor.weight,
            quote=known.quote if known else None,
            confidence=known.confidence if known else None,
        )
    weights = sum(factor.weight for factor in playbook.qualification.factors)
    return round(100 * sum(factor.points for factor in factors.values()) / weights, 1), factors


def _share(factor: Factor, value: str) -> float:
    for rule in factor.rules:
        if rule.matches is not None and re.search(rule.matches, value, re.IGNORECASE):
            return rule.points
        if rule.at_least is not None and _number(value) >= rule.at_least:
            return rule.points
    return 0.0


def _number(value: str) -> float:
    try:
        return float(value)
    except ValueError:
        return float("-inf")
