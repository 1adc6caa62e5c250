"""The scheduler agent: offers free times, understands spoken ones, reads back, books, moves and cancels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from agents.calendar import exact, two_options
from agents.callback import plan_callback
from agents.router import CALL_BACK, CHANGE
from agents.speech_text import spoken_moment
from agents.state import Asked, Phase, Plan
from agents.turn import NONE, Acknowledgement, Turn
from agents.understanding.intents import Intent
from agents.understanding.times import NO_WISH, TimeWish
from domain.ports import Slot
from domain.turn import AgentName, Expects


def plan(turn: Turn, reason: str) -> Plan:
    """Return the next step towards a booked time or a call-back."""
    if reason == CALL_BACK:
        return plan_callback(turn)
    if reason == CHANGE:
        return _plan_change(turn)
    if turn.state.asked in (Asked.OFFER, Asked.READ_BACK):
        return _go_on(turn)
    # Without a request for a time, "next week" may have answered any question.
    turn.state.wish = turn.said.wish if turn.said.request else NO_WISH
    return _choose(turn, turn.acknowledgement())


def plan_lost_slot(turn: Turn) -> Plan:
    """Return what to say when the slot to be booked was taken meanwhile."""
    turn.state.chosen, turn.state.wish = None, NO_WISH
    return _offer(turn, two_options(turn.slots(), NO_WISH), _taken(turn))


def _go_on(turn: Turn) -> Plan:
    """Understand the answer to an offer or a read-back."""
    said, state = turn.said, turn.state
    no_time = said.wish.empty
    if state.asked == Asked.READ_BACK and state.chosen is not None:
        if not said.refuses and no_time and not turn.was_heard(state.read_back):
            # A yes to a time that was not heard is none.
            return _read_back(turn, state.chosen)
        if said.agrees and (no_time or _fits(state.chosen, said.wish)):
            return _book(turn, state.chosen)
        state.wish = TimeWish(quote="", day=state.chosen.start.date())
    state.wish = state.wish.then(said.wish)
    if no_time and (said.refuses or said.has(Intent.RESCHEDULE)):
        return _ask_time(turn)
    return _choose(turn)


def _choose(turn: Turn, before: Acknowledgement = NONE) -> Plan:
    """Read the chosen time back, or offer times that fit what was said."""
    picked = _picked(turn)
    if picked is not None:
        return _read_back(turn, picked)
    slots = _in_direction(turn)
    options = two_options(slots, turn.state.wish)
    if options or not slots:
        missed = turn.said.wish.clock is not None
        return _offer(turn, options, _taken(turn) if missed else before)
    turn.state.wish = NO_WISH
    return _offer(turn, two_options(slots, NO_WISH), _taken(turn))


def _in_direction(turn: Turn) -> Sequence[Slot]:
    """Return the free slots, only those before or after the ones offered where the lead asks for earlier or later."""
    slots, offered = turn.slots(), turn.state.offered
    if offered and turn.said.has(Intent.LATER):
        return [slot for slot in slots if slot.start > offered[-1].start]
    if offered and turn.said.has(Intent.EARLIER):
        return [slot for slot in slots if slot.start < offered[0].start] or slots
    return slots


def _picked(turn: Turn) -> Slot | None:
    """Return the slot that the lead chose: one of those offered, or one named by day and time."""
    said, offered = turn.said, turn.state.offered
    if turn.state.asked == Asked.OFFER and offered:
        if said.wish.clock is None and said.wish.day is None:
            if said.has(Intent.SECOND) and len(offered) > 1:
                return offered[1]
            if said.has(Intent.FIRST):
                return offered[0]
        fitting = [slot for slot in offered if _fits(slot, said.wish)]
        if len(fitting) == 1:
            return fitting[0]
        if said.agrees and said.wish.empty and len(offered) == 1:
            return offered[0]
    return exact(turn.slots(), turn.state.wish) if not said.wish.empty else None


def _fits(slot: Slot, wish: TimeWish) -> bool:
    if wish.empty or not wish.allows(slot.start):
        return False
    clock = wish.likely_clock()
    return clock is None or clock == slot.start.time()


def _when(turn: Turn, slot: Slot) -> str:
    """Return the slot's moment in full, marked as local time where the lead's own clock shows another."""
    when = spoken_moment(slot.start, turn.place_now, full=True)
    same = slot.start.astimezone(turn.now.tzinfo).utcoffset() == slot.start.utcoffset()
    return when if same else f"{when}, local time"


def _read_back(turn: Turn, slot: Slot) -> Plan:
    state = turn.state
    state.chosen, state.phase = slot, Phase.BOOKING_CONFIRMATION
    state.read_back = _when(turn, slot)
    question = turn.playbook.fill(turn.playbook.lines.read_back, when=state.read_back)
    turn.ask(Asked.READ_BACK, question, Expects.YES_NO)
    return Plan(AgentName.SCHEDULER, "the lead chose a time", "", question, expects=Expects.YES_NO)


def _book(turn: Turn, slot: Slot) -> Plan:
    """Return the confirmation; it is said only once `slot` is really taken."""
    lines, before = turn.playbook.lines, turn.state.booked
    moves = before is not None and before != slot
    turn.state.phase = Phase.OVER
    return Plan(
        agent=AgentName.SCHEDULER,
        reason="the lead confirmed the time",
        lead_in=turn.playbook.fill(lines.moved if moves else lines.booked, when=_when(turn, slot)),
        expects=Expects.NOTHING,
        ends_call=True,
        books=slot,
        releases=before if moves else None,
    )


def _plan_change(turn: Turn) -> Plan:
    """Cancel what is booked, or look for another time."""
    state = turn.state
    if turn.said.has(Intent.RESCHEDULE) or state.booked is None:
        state.wish, state.offered = turn.said.wish, []
        step = _ask_time(turn) if state.wish.empty else _choose(turn)
        if state.phase is Phase.BOOKING_NEW:
            state.phase = Phase.RESCHEDULING
        return step
    state.phase = Phase.CANCELING
    return Plan(
        agent=AgentName.SCHEDULER,
        reason="the lead cancels",
        lead_in=turn.playbook.fill(turn.playbook.lines.cancelled, when=_when(turn, state.booked)),
        expects=Expects.NOTHING,
        ends_call=True,
        releases=state.booked,
    )


def _ask_time(turn: Turn) -> Plan:
    turn.state.chosen, turn.state.offered = None, []
    turn.state.wish = replace(NO_WISH, excluded=turn.state.wish.excluded)
    turn.state.phase = Phase.BOOKING_NEW
    question = turn.playbook.fill(turn.playbook.lines.ask_time)
    turn.ask(Asked.OFFER, question, Expects.DATE_TIME)
    return Plan(AgentName.SCHEDULER, "the times offered don't suit", "", question, expects=Expects.DATE_TIME)


def _taken(turn: Turn) -> Acknowledgement:
    return Acknowledgement(turn.playbook.fill(turn.playbook.lines.taken))


def _offer(turn: Turn, options: Sequence[Slot], before: Acknowledgement) -> Plan:
    lines, state = turn.playbook.lines, turn.state
    if not options:
        state.phase = Phase.OVER
        state.holding.add("qualified")
        line = turn.playbook.fill(lines.no_times)
        return Plan(AgentName.SCHEDULER, "no time is free", line, expects=Expects.NOTHING, ends_call=True)
    state.offered, state.chosen, state.phase = list(options), None, Phase.BOOKING_NEW
    spoken = [spoken_moment(slot.start, turn.place_now) for slot in options]
    if len(spoken) > 1:
        question = turn.playbook.fill(lines.offer, first=spoken[0], second=spoken[1])
    else:
        question = turn.playbook.fill(lines.offer_one, first=spoken[0])
    turn.ask(Asked.OFFER, question, Expects.DATE_TIME)
    return Plan(
        agent=AgentName.SCHEDULER,
        reason="times to choose from",
        lead_in=before.text,
        question=question,
        expects=Expects.DATE_TIME,
        worded=before.worded,
    )
