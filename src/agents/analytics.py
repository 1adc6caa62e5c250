"""The analytics agent: what a conversation comes to so far; runs behind the answer, never before it."""

from __future__ import annotations

from agents.playbook import Playbook
from agents.qualification import score
from agents.state import ConversationState, Review
from domain.log import first_outcome

_NEXT_STEPS = {
    "opted_out": "never call again",
    "wrong_number": "correct the number",
    "human_requested": "a person calls",
    "appointment_booked": "keep the appointment",
    "callback_scheduled": "call back at the time agreed",
    "qualified": "offer an appointment",
    "not_interested": "none",
}
_MOOD_TURNS = 3


def review(state: ConversationState, playbook: Playbook) -> Review:
    """Return the score with its factors, the mood of the last turns, the outcome so far and the next step."""
    value, factors = score(state, playbook)
    holding = set(state.holding)
    if state.booked is not None:
        holding.add("appointment_booked")
    if value >= playbook.qualification.threshold:
        holding.add("qualified")
    outcome = first_outcome(holding, otherwise="") or None
    moods = state.sentiment[-_MOOD_TURNS:]
    return Review(
        score=value,
        factors=factors,
        sentiment=round(sum(moods) / len(moods), 2) if moods else 0.0,
        outcome=outcome,
        next_step=_NEXT_STEPS[outcome] if outcome else "go on with the questions",
    )
