"""The router: which agent answers, by rule, and why."""

from __future__ import annotations

from agents.qualification import BELOW, next_question, score
from agents.state import Asked
from agents.turn import Turn
from agents.understanding.intents import Intent
from domain.turn import AgentName

MIN_CONFIDENCE = 0.25

NOT_INTERESTED = "not interested"
REFUSED = "refused"
CALL_BACK = "another time to call"
CHANGE = "a booking is to be changed"

Route = tuple[AgentName, str]


def route(turn: Turn) -> Route:
    """Return the agent that answers this turn, and the reason."""
    return _by_rule(turn) or _about_the_call(turn) or _aside(turn) or _forward(turn)


def _by_rule(turn: Turn) -> Route | None:
    """What comes before everything else."""
    said = turn.said
    if turn.utterance.source == "silence":
        return AgentName.CONVERSATION, "silence"
    if said.has(Intent.OPT_OUT, Intent.WRONG_NUMBER, Intent.HUMAN, Intent.ROBOT):
        return AgentName.CONVERSATION, "a rule"
    if not said.text.strip() or turn.utterance.confidence < MIN_CONFIDENCE:
        return AgentName.CONVERSATION, "not understood"
    if _changes_booking(turn):
        return AgentName.SCHEDULER, CHANGE
    return None


def _changes_booking(turn: Turn) -> bool:
    """Whether the lead, already booked, wants it otherwise: by name, or by a no with another time."""
    said, booked = turn.said, turn.state.booked
    if booked is None:
        return False
    other = not said.wish.empty and not said.wish.names(booked.start)
    return said.has(Intent.CANCEL, Intent.RESCHEDULE) or (other and said.has(Intent.DENY, Intent.HEDGE))


def _about_the_call(turn: Turn) -> Route | None:
    """Whether the lead has time and wants to talk at all."""
    said, state = turn.said, turn.state
    if _wants_callback(turn):
        return AgentName.SCHEDULER, CALL_BACK
    if said.has(Intent.NOT_INTERESTED):
        return AgentName.OBJECTION, NOT_INTERESTED
    if said.objection is not None and not said.slots:
        return AgentName.OBJECTION, said.objection
    if state.asked == Asked.OBJECTION and said.refuses and not said.slots:
        return AgentName.OBJECTION, REFUSED
    if state.asked == Asked.PERMISSION and said.refuses and not said.agrees and not said.slots:
        return AgentName.SCHEDULER, CALL_BACK
    return None


def _aside(turn: Turn) -> Route | None:
    """Questions and a farewell, where nothing else was said that takes the conversation on."""
    said = turn.said
    if said.slots or not said.wish.empty or _asks_for_times(turn):
        return None
    if said.has(Intent.WAIT) and not said.has(Intent.PROCEED):
        return AgentName.CONVERSATION, "a moment, please"
    if said.has(Intent.WHO, Intent.REPEAT, Intent.PRESENCE):
        return AgentName.CONVERSATION, "a question about the call"
    if said.request is not None:
        return None
    if said.fact is not None or _asks(turn):
        return AgentName.CONVERSATION, "a question"
    if said.has(Intent.GOODBYE) and not said.agrees:
        return AgentName.CONVERSATION, "goodbye"
    return None


def _asks(turn: Turn) -> bool:
    """Whether it is a question; a yes with a question about what is to be booked is no yes yet."""
    said = turn.said
    if not said.agrees:
        return said.has(Intent.QUESTION)
    return turn.state.asked == Asked.READ_BACK and said.intents.get(Intent.QUESTION, "?") != "?"


def _forward(turn: Turn) -> Route:
    """Return who takes the conversation on when nothing special was said."""
    state, said = turn.state, turn.said
    if state.asked in (Asked.OFFER, Asked.READ_BACK):
        return AgentName.SCHEDULER, "booking"
    if turn.asks_to_book and state.booked is None:
        return AgentName.SCHEDULER, f"the lead asks for it: {said.request}"
    if state.closed:
        return AgentName.CONVERSATION, "goodbye"
    if next_question(state, turn.playbook) is not None:
        return AgentName.QUALIFICATION, "something is still to be learnt"
    if score(state, turn.playbook)[0] < turn.playbook.qualification.threshold:
        return AgentName.QUALIFICATION, BELOW
    return AgentName.SCHEDULER, "all is known that is asked for"


def _asks_for_times(turn: Turn) -> bool:
    """Whether the lead, offered times, asks for others."""
    return turn.state.asked in (Asked.OFFER, Asked.READ_BACK) and turn.said.has(
        Intent.EARLIER, Intent.LATER, Intent.RESCHEDULE, Intent.FIRST, Intent.SECOND
    )


def _wants_callback(turn: Turn) -> bool:
    """Whether the lead has no time now, or asks to be called at another.

    While an appointment is being arranged, "another time" speaks of the appointment, unless a call is named.
    """
    said, state = turn.said, turn.state
    if said.has(Intent.PROCEED) and said.wish.empty:
        return False
    if state.follow_up is not None:
        return not said.wish.empty and not said.has(Intent.GOODBYE)
    if state.asked == Asked.CALLBACK_TIME:
        return True
    if state.asked in (Asked.OFFER, Asked.READ_BACK) and not said.has(Intent.BUSY):
        return said.has(Intent.CALLBACK) and "call" in said.text.lower()
    answers = any(slot.name == state.asked for slot in said.slots)
    return said.has(Intent.CALLBACK) or (said.has(Intent.BUSY) and not answers)
