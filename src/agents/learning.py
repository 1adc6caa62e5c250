"""What a turn teaches: facts go into the state with their evidence, before anyone decides on an answer."""

from __future__ import annotations

from agents.qualification import MAX_ASKS
from agents.state import Asked, Known
from agents.turn import Turn
from agents.understanding.intents import Intent
from agents.understanding.times import find_time
from agents.understanding.values import SlotValue
from domain.events import SlotFilled


def learn(turn: Turn) -> None:
    """Take the facts of the utterance into the state; a new value replaces the old one and is an event.

    A question that the lead did not hear counts as not asked; one that they can't answer isn't asked again.
    """
    state = turn.state
    if turn.utterance.source == "silence":
        return
    state.turns += 1
    state.silences = 0
    if turn.said.text.strip():
        state.unclear = 0
        state.repeats = state.repeats if turn.said.has(Intent.REPEAT) else 0
        state.sentiment.append(turn.said.sentiment)
    if state.asked in turn.playbook.slots:
        if not turn.question_heard:
            state.times_asked[state.asked] = max(state.times_asked.get(state.asked, 0) - 1, 0)
        elif turn.said.has(Intent.UNSURE):
            state.times_asked[state.asked] = MAX_ASKS
    for slot in turn.said.slots:
        if not _is_of_the_call(turn, slot):
            _take(turn, slot)


def _is_of_the_call(turn: Turn, slot: SlotValue) -> bool:
    """Whether a choice is no fact, but the time at which to call or to meet: "next week" answers both."""
    if turn.playbook.slots[slot.name].kind != "choice":
        return False
    arranging = turn.state.asked in (Asked.CALLBACK_TIME, Asked.OFFER, Asked.READ_BACK)
    if not arranging and not turn.said.has(Intent.CALLBACK, Intent.BUSY):
        return False
    return not find_time(slot.quote, turn.now).empty


def _take(turn: Turn, slot: SlotValue) -> None:
    known = turn.state.slots.get(slot.name)
    if known is not None and known.value == slot.value:
        return
    confidence = round(slot.confidence * turn.utterance.confidence, 3)
    start_ms = turn.utterance.start_ms
    turn.state.slots[slot.name] = Known(slot.value, slot.quote, confidence, start_ms)
    filled = SlotFilled(name=slot.name, value=slot.value, quote=slot.quote, confidence=confidence, start_ms=start_ms)
    turn.events.append(filled)
