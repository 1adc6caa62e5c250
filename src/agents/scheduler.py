"""The scheduler agent: offers free times, understands spoken ones, reads back, books; and notes call-backs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.calendar import exact, two_options
from agents.speech_text import spoken_moment
from agents.state import Asked, Phase, Plan
from agents.turn import Turn
from agents.understanding.intents import Intent
from agents.understanding.times import TimeWish, following
from domain.events import FollowUp
from domain.ports import Slot
from domain.turn import AgentName, Expects

_FIRST = re.compile(r"\b(?:first|former|earlier|earliest|sooner|soonest|either|any(?: of them)?|both|whichever)\b", re.IGNORECASE)
_SECOND = re.compile(r"\b(?:second|latter|later one|last one|other one)\b", re.IGNORECASE)


def plan_scheduling(turn: Turn, *, lead_in: str = "") -> Plan:
    """Return the next step towards a booked time."""
    said, state = turn.said, turn.state
    slots = turn.slots()
    if state.asked == Asked.READ_BACK and state.chosen is not None:
        if said.agrees and said.wish.clock is None:
            return book(turn, state.chosen)
        if said.refuses and said.wish.empty:
            return _ask_time(turn)
    picked = _picked(turn, slots)
    if picked is not None:
        return _read_back(turn, picked)
    if state.asked == Asked.OFFER and said.refuses and said.wish.empty:
        return _ask_time(turn)
    return _offer(turn, two_options(slots, said.wish), slots, lead_in)


def plan_lost_slot(turn: Turn) -> Plan:
    """Return what to say when the slot to be booked was taken meanwhile."""
    turn.state.chosen = None
    return _offer(turn, two_options(turn.slots(), TimeWish(quote="")), turn.slots(), turn.playbook.lines.taken)


def book(turn: Turn, slot: Slot) -> Plan:
    """Return the confirmation; it is said only once `slot` is really taken."""
    when = spoken_moment(slot.start, turn.place_now, full=True)
    turn.state.phase = Phase.OVER
    return Plan(
        agent=AgentName.SCHEDULER,
        reason="the lead confirmed the time",
        lead_in=turn.playbook.fill(turn.playbook.lines.booked, when=when),
        expects=Expects.NOTHING,
        ends_call=True,
        books=slot,
    )


def plan_callback(turn: Turn) -> Plan:
    """Return the promise to call back at the time said, or the question for one."""
    state, lines = turn.state, turn.playbook.lines
    moment = following(turn.said.wish, turn.now)
    if moment is None:
        asked_before = state.asked == Asked.CALLBACK_TIME
        if asked_before and (turn.said.refuses or state.times_asked.get(Asked.CALLBACK_TIME, 0) > 1):
            state.phase = Phase.OVER
            state.holding.add("not_interested")
            return Plan(AgentName.SCHEDULER, "no time to call back", lines.respect, expects=Expects.NOTHING, ends_call=True)
        state.times_asked[Asked.CALLBACK_TIME] = state.times_asked.get(Asked.CALLBACK_TIME, 0) + 1
        question = turn.playbook.fill(lines.ask_callback)
        turn.ask(Asked.CALLBACK_TIME, question, Expects.DATE_TIME)
        return Plan(AgentName.SCHEDULER, "it is no good moment", "", question, expects=Expects.DATE_TIME)
    state.follow_up = moment
    state.phase = Phase.OVER
    state.holding.add("callback_scheduled")
    turn.events.append(FollowUp(at=moment, urgency="high"))
    line = turn.playbook.fill(lines.callback, when=spoken_moment(moment, turn.now))
    return Plan(AgentName.SCHEDULER, "the lead named a time to call back", line, expects=Expects.NOTHING, ends_call=True)


def _picked(turn: Turn, slots: Sequence[Slot]) -> Slot | None:
    """Return the slot that the lead chose: one of those offered, or one named by day and time."""
    said, offered = turn.said, turn.state.offered
    if turn.state.asked == Asked.OFFER and offered:
        if said.wish.clock is None:
            if _SECOND.search(said.text) and len(offered) > 1:
                return offered[1]
            if _FIRST.search(said.text):
                return offered[0]
        fitting = [slot for slot in offered if _fits(slot, said.wish)]
        if len(fitting) == 1:
            return fitting[0]
        if said.agrees and said.wish.empty and len(offered) == 1:
            return offered[0]
    return exact(slots, said.wish)


def _fits(slot: Slot, wish: TimeWish) -> bool:
    if wish.empty or not wish.allows(slot.start):
        return False
    clock = wish.likely_clock()
    return clock is None or clock == slot.start.time()


def _read_back(turn: Turn, slot: Slot) -> Plan:
    turn.state.chosen = slot
    turn.state.phase = Phase.BOOKING_CONFIRMATION
    when = spoken_moment(slot.start, turn.place_now, full=True)
    question = turn.playbook.fill(turn.playbook.lines.read_back, when=when)
    turn.ask(Asked.READ_BACK, question, Expects.YES_NO)
    return Plan(AgentName.SCHEDULER, "the lead chose a time", "", question, expects=Expects.YES_NO)


def _ask_time(turn: Turn) -> Plan:
    turn.state.chosen, turn.state.offered = None, []
    turn.state.phase = Phase.BOOKING_NEW
    question = turn.playbook.lines.ask_time
    turn.ask(Asked.OFFER, question, Expects.DATE_TIME)
    return Plan(AgentName.SCHEDULER, "the times offered don't suit", "", question, expects=Expects.DATE_TIME)


def _offer(turn: Turn, options: Sequence[Slot], slots: Sequence[Slot], lead_in: str) -> Plan:
    lines, now = turn.playbook.lines, turn.place_now
    if not slots:
        turn.state.phase = Phase.OVER
        turn.state.holding.add("qualified")
        return Plan(AgentName.SCHEDULER, "no time is free", lines.no_times, expects=Expects.NOTHING, ends_call=True)
    missed = not turn.said.wish.empty and turn.state.asked in (Asked.OFFER, Asked.READ_BACK)
    if not options:
        options, missed = two_options(slots, TimeWish(quote="")), True
    turn.state.offered, turn.state.chosen = list(options), None
    turn.state.phase = Phase.BOOKING_NEW
    spoken = [spoken_moment(slot.start, now) for slot in options]
    if len(spoken) > 1:
        question = turn.playbook.fill(lines.offer, first=spoken[0], second=spoken[1])
    else:
        question = turn.playbook.fill(lines.offer_one, first=spoken[0])
    turn.ask(Asked.OFFER, question, Expects.DATE_TIME)
    named = turn.said.wish.clock is not None and missed
    before = lead_in or (lines.taken if named else "")
    worded = bool(before) and before != lines.taken
    return Plan(AgentName.SCHEDULER, "times to choose from", before, question, expects=Expects.DATE_TIME, worded=worded)


def wants_callback(turn: Turn) -> bool:
    """Whether the lead has no time now, or asks to be called at another."""
    return turn.said.has(Intent.CALLBACK, Intent.BUSY) or turn.state.asked == Asked.CALLBACK_TIME
