"""The router: which agent answers, by rule, and why."""

from __future__ import annotations

from agents.qualification import next_question
from agents.scheduler import wants_callback
from agents.state import Asked, Phase
from agents.turn import Turn
from agents.understanding.intents import Intent
from domain.turn import AgentName

MIN_CONFIDENCE = 0.25


def route(turn: Turn) -> tuple[AgentName, str]:
    """Return the agent that answers this turn, and the reason."""
    said, state = turn.said, turn.state
    if turn.utterance.source == "silence":
        return AgentName.CONVERSATION, "silence"
    if said.has(Intent.OPT_OUT, Intent.WRONG_NUMBER, Intent.HUMAN, Intent.ROBOT):
        return AgentName.CONVERSATION, "a rule"
    if not said.text.strip() or turn.utterance.confidence < MIN_CONFIDENCE:
        return AgentName.CONVERSATION, "not understood"
    if wants_callback(turn) and state.phase is not Phase.BOOKING_CONFIRMATION and not _means_visit(turn):
        return AgentName.SCHEDULER, "another time to call"
    if said.has(Intent.NOT_INTERESTED):
        return AgentName.OBJECTION, "not interested"
    if said.objection is not None and not said.slots:
        return AgentName.OBJECTION, said.objection
    if state.asked == Asked.PERMISSION and said.refuses and not said.slots:
        return AgentName.SCHEDULER, "no time now"
    if said.has(Intent.WHO, Intent.REPEAT) and not said.slots:
        return AgentName.CONVERSATION, "a question about the call"
    if said.has(Intent.QUESTION) and not said.slots and said.wish.empty and not said.agrees:
        return AgentName.CONVERSATION, "a question"
    if said.has(Intent.GOODBYE) and not said.slots and said.wish.empty:
        return AgentName.CONVERSATION, "goodbye"
    return _forward(turn)


def _forward(turn: Turn) -> tuple[AgentName, str]:
    """Return who takes the conversation on when nothing special was said."""
    state = turn.state
    if state.asked == Asked.OBJECTION and turn.said.refuses:
        return AgentName.OBJECTION, "refused"
    if state.asked in (Asked.OFFER, Asked.READ_BACK):
        return AgentName.SCHEDULER, "booking"
    if next_question(state, turn.playbook) is not None:
        return AgentName.QUALIFICATION, "something is still to be learnt"
    return AgentName.SCHEDULER, "all is known that is asked for"


def _means_visit(turn: Turn) -> bool:
    """Whether words like "another time" speak of the appointment being arranged."""
    booking = turn.state.asked in (Asked.OFFER, Asked.READ_BACK)
    return booking and not turn.said.has(Intent.BUSY) and "call" not in turn.said.text.lower()
