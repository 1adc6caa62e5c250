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

MAX_ASKS = 3
"""How often a time is asked for, or the same ones are offered again, before that is left open."""


def plan(turn: Turn, reason: str) -> Plan:
    """Return the next step towards a booked time or a call-back."""
    if reason == CALL_BACK:
        return plan_callback(turn)
    if reason == CHANGE:
        return _plan_change(turn)
    if turn.state.asked in (Asked.OFFER, Asked.READ_BACK):
        return _go_on(turn)
    # Without a request for a time, "next week" may have answered any question.
    turn.state.wish = turn.said.wish if turn.asks_to_book else NO_WISH
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
        if _confirms(turn, state.chosen):
            return _book(turn, state.chosen)
        if no_time and said.has(Intent.HEDGE) and not said.has(Intent.EARLIER, Intent.LATER):
            return _ask_time(turn)
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
    slots, wish = _in_direction(turn), turn.state.wish
    options = two_options(slots, wish)
    if options or not slots:
        missed = turn.said.wish.clock is not None
        return _offer(turn, options, _taken(turn) if missed else before)
    # That day has nothing free: the same hour on other days, else any time.
    turn.state.wish = NO_WISH
    others = two_options(slots, replace(wish, day=None, day_end=None)) or two_options(slots, NO_WISH)
    return _offer(turn, others, _taken(turn))


def _in_direction(turn: Turn) -> Sequence[Slot]:
    """Return the free slots, only those before or after the ones named where the lead asks for earlier or later."""
    slots, chosen = turn.slots(), turn.state.chosen
    named = [chosen] if chosen is not None else turn.state.offered
    if named and turn.said.has(Intent.LATER):
        return [slot for slot in slots if slot.start > named[-1].start]
    if named and turn.said.has(Intent.EARLIER):
        return [slot for slot in slots if slot.start < named[0].start] or slots
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
    return not wish.empty and wish.names(slot.start)


def _confirms(turn: Turn, chosen: Slot) -> bool:
    """Whether it is a plain yes to the time read back: no but, no doubt, and no other time."""
    said = turn.said
    if not said.agrees or said.has(Intent.HEDGE, Intent.UNSURE, Intent.EARLIER, Intent.LATER, Intent.RESCHEDULE):
        return False
    return said.wish.empty or _fits(chosen, said.wish)


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
    state, said = turn.state, turn.said
    cancels = said.has(Intent.CANCEL) and not said.has(Intent.RESCHEDULE)
    if state.booked is None or not cancels or not (said.wish.empty or said.wish.allows(state.booked.start)):
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


def _leave_open(turn: Turn) -> Plan:
    """Respect that no time is agreed on."""
    turn.state.phase = Phase.OVER
    turn.state.holding.add("qualified")
    line = turn.playbook.fill(turn.playbook.lines.respect)
    return Plan(AgentName.SCHEDULER, "no time is agreed on", line, expects=Expects.NOTHING, ends_call=True)


def _ask_time(turn: Turn) -> Plan:
    if not _may_insist(turn):
        return _leave_open(turn)
    turn.state.chosen, turn.state.offered = None, []
    turn.state.wish = replace(NO_WISH, excluded=turn.state.wish.excluded)
    turn.state.phase = Phase.BOOKING_NEW
    question = turn.playbook.fill(turn.playbook.lines.ask_time)
    turn.ask(Asked.OFFER, question, Expects.DATE_TIME)
    return Plan(AgentName.SCHEDULER, "the times offered don't suit", "", question, expects=Expects.DATE_TIME)


def _may_insist(turn: Turn) -> bool:
    """Count that no time came of an offer; whether it may be asked about once more."""
    state = turn.state
    count = state.times_asked.get(Asked.OFFER, 0) + 1
    state.times_asked[Asked.OFFER] = count
    return count <= MAX_ASKS


def _taken(turn: Turn) -> Acknowledgement:
    return Acknowledgement(turn.playbook.fill(turn.playbook.lines.taken))


def _offer(turn: Turn, options: Sequence[Slot], before: Acknowledgement) -> Plan:
    lines, state = turn.playbook.lines, turn.state
    if not options:
        state.phase = Phase.OVER
        state.holding.add("qualified")
        line = turn.playbook.fill(lines.no_times)
        return Plan(AgentName.SCHEDULER, "no time is free", line, expects=Expects.NOTHING, ends_call=True)
    repeated = list(options) == state.offered and before != _taken(turn)
    if repeated and not _may_insist(turn):
        return _leave_open(turn)
    state.offered, state.chosen, state.phase = list(options), None, Phase.BOOKING_NEW
    spoken = [spoken_moment(slot.start, turn.place_now) for slot in options]
    if len(spoken) > 1:
        line = lines.offer_again if repeated else lines.offer
        question = turn.playbook.fill(line, first=spoken[0], second=spoken[1])
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
