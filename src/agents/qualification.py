"""The qualification agent: one question at a time, never what is known, and a score with its evidence."""

from __future__ import annotations

import re

from agents.playbook import Factor, Playbook, Question
from agents.state import ConversationState, Phase, Plan
from domain.events import FactorScore
from domain.turn import AgentName

MAX_ASKS = 2


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


def plan_question(state: ConversationState, playbook: Playbook, question: Question, *, lead_in: str, reason: str) -> Plan:
    """Return the plan that asks `question`, and note in `state` that it was asked."""
    again = state.asked == question.slot and state.times_asked.get(question.slot, 0) > 0
    state.times_asked[question.slot] = state.times_asked.get(question.slot, 0) + 1
    state.asked = question.slot
    state.phase = Phase.AWAITING_INFO
    text = question.again if again else question.ask
    return Plan(
        agent=AgentName.QUALIFICATION,
        reason=reason,
        lead_in=lead_in,
        question=text,
        expects=question.expects,
        worded=bool(lead_in),
    )


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
