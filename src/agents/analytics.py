"""The analytics agent: what a turn and a call came to; runs behind the answer, never before it."""

from __future__ import annotations

from agents.playbook import Playbook
from agents.qualification import score
from agents.state import ConversationState
from domain.events import Scored
from domain.log import first_outcome


def review(state: ConversationState, playbook: Playbook) -> list[Scored]:
    """Bring the score up to date; return the event where it changed."""
    value, factors = score(state, playbook)
    if factors == state.factors or not state.slots:
        return []
    state.score, state.factors = value, factors
    return [Scored(score=value, factors=factors)]


def outcome(state: ConversationState, playbook: Playbook, *, otherwise: str) -> str:
    """Return the conversation's outcome, the first that holds."""
    holding = set(state.holding)
    if state.booked is not None:
        holding.add("appointment_booked")
    if state.score is not None and state.score >= playbook.qualification.threshold:
        holding.add("qualified")
    return first_outcome(holding, otherwise=otherwise)
