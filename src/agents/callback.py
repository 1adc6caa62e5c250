"""Call-backs: the scheduler agent notes when the lead wants to be called, in the lead's own time."""

from __future__ import annotations

from datetime import datetime

from agents.speech_text import spoken_moment
from agents.state import Asked, Phase, Plan
from agents.turn import Turn
from agents.understanding.times import following
from domain.events import FollowUp
from domain.turn import AgentName, Expects

MAX_ASKS = 3


def plan_callback(turn: Turn) -> Plan:
    """Return the promise to call back at the time said, or the question for one."""
    lines, state = turn.playbook.lines, turn.state
    asked_before = state.asked == Asked.CALLBACK_TIME or state.follow_up is not None
    state.wish = state.wish.then(turn.said.wish) if asked_before else turn.said.wish
    moment = following(state.wish, turn.now)
    question = _open_question(turn, moment)
    if question is None and moment is not None:
        return _promise(turn, moment)
    asks = state.times_asked.get(Asked.CALLBACK_TIME, 0)
    if asked_before and ((turn.said.refuses and turn.said.wish.empty) or asks >= MAX_ASKS):
        state.phase = Phase.OVER
        state.holding.add("not_interested")
        respect = turn.playbook.fill(lines.respect)
        return Plan(AgentName.SCHEDULER, "no time to call back", respect, expects=Expects.NOTHING, ends_call=True)
    state.times_asked[Asked.CALLBACK_TIME] = asks + 1
    question = turn.playbook.fill(question or lines.ask_callback)
    turn.ask(Asked.CALLBACK_TIME, question, Expects.DATE_TIME)
    return Plan(AgentName.SCHEDULER, "it is no good moment", "", question, expects=Expects.DATE_TIME)


def _open_question(turn: Turn, moment: datetime | None) -> str | None:
    """Return what is still to be asked about the wished time; None when it is clear and callable."""
    wish, lines, calling = turn.state.wish, turn.playbook.lines, turn.playbook.calling
    if wish.clock is None and wish.part is None:
        if wish.day is None:
            return lines.ask_callback
        return lines.ask_callback_time if wish.day_end is None else lines.ask_time
    if len(wish.clocks(calling.opens, calling.closes)) > 1:
        return lines.ask_half
    if moment is None:
        return lines.ask_callback
    return None if calling.opens <= moment.time() <= calling.closes else lines.callback_hours


def _promise(turn: Turn, moment: datetime) -> Plan:
    state = turn.state
    state.follow_up = moment
    state.phase = Phase.OVER
    state.holding.add("callback_scheduled")
    turn.events.append(FollowUp(at=moment, urgency="high"))
    line = turn.playbook.fill(turn.playbook.lines.callback, when=spoken_moment(moment, turn.now))
    return Plan(
        AgentName.SCHEDULER, "the lead named a time to call back", line, expects=Expects.NOTHING, ends_call=True
    )
