"""The conversation agent: opening, wishes about the call itself, silence, what was not understood, goodbye."""

from __future__ import annotations

from agents.playbook import Playbook
from agents.qualification import next_question, plan_question
from agents.state import Asked, ConversationState, Phase, Plan
from agents.turn import NONE, Turn, last_question
from agents.understanding.intents import Intent
from domain.turn import AgentName, Expects

MAX_SILENCES = 2
MAX_UNCLEAR = 3
MAX_REPEATS = 3


def plan_opening(state: ConversationState, playbook: Playbook, name: str | None) -> Plan:
    """Return the first line: who calls, that it is a machine, why, and whether it suits."""
    first = name.split()[0] if name and name.strip() else ""
    greeting = f"Hi {first}, " if first.isalpha() and first.istitle() else "Hi, "
    opening = greeting + playbook.fill(playbook.lines.opening)
    state.phase = Phase.SERVICE_INQUIRY
    state.asked, state.question, state.expects = Asked.PERMISSION, last_question(opening), Expects.YES_NO
    return Plan(AgentName.CONVERSATION, "the call begins", opening, expects=Expects.YES_NO)


def plan(turn: Turn, reason: str) -> Plan:
    """Answer what concerns the call itself."""
    by_rule = _plan_rule(turn)
    if by_rule is not None:
        return by_rule
    if reason == "silence":
        return _plan_silence(turn)
    if reason == "not understood":
        return _plan_unclear(turn)
    if reason == "goodbye":
        return _end(turn, "the lead says goodbye", turn.playbook.lines.goodbye)
    if turn.said.has(Intent.WAIT):
        wait = turn.playbook.fill(turn.playbook.lines.wait)
        return Plan(AgentName.CONVERSATION, "the lead asks for a moment", wait, expects=turn.state.expects)
    if turn.said.has(Intent.PRESENCE):
        return _aside(turn, "the lead asks whether one is there", turn.playbook.lines.here)
    if turn.said.has(Intent.WHO):
        return _aside(turn, "the lead asks who calls", turn.playbook.lines.who)
    if turn.said.has(Intent.REPEAT):
        return _plan_repeat(turn)
    return _plan_fact(turn, turn.said.fact)


def _plan_rule(turn: Turn) -> Plan | None:
    """Return the answer to what must be answered by rule and at once; None when nothing of the kind was said."""
    lines, said, state = turn.playbook.lines, turn.said, turn.state
    if said.has(Intent.OPT_OUT):
        state.holding.add("opted_out")
        return _end(turn, "the lead opted out", lines.opt_out, opts_out=said.text)
    if said.has(Intent.WRONG_NUMBER):
        state.holding.add("wrong_number")
        return _end(turn, "a wrong number", lines.wrong_number)
    if said.has(Intent.HUMAN):
        state.holding.add("human_requested")
        state.phase = Phase.ESCALATED
        return _end(turn, "the lead wants a person", lines.human)
    if said.has(Intent.ROBOT):
        return _aside(turn, "the lead asks whether it is a machine", lines.robot)
    return None


def _plan_silence(turn: Turn) -> Plan:
    """Prompt twice, then say goodbye."""
    lines, state = turn.playbook.lines, turn.state
    state.silences += 1
    if state.closed:
        return _end(turn, "nothing more is said", lines.goodbye)
    if state.silences > MAX_SILENCES:
        return _end(turn, "nobody answers", lines.silence_goodbye)
    prompt = turn.playbook.fill(lines.silence[(state.silences - 1) % len(lines.silence)])
    return Plan(AgentName.CONVERSATION, "silence", prompt, state.question, expects=state.expects)


def _plan_unclear(turn: Turn) -> Plan:
    """Ask for a repeat; after three in a row, give up politely."""
    lines, state = turn.playbook.lines, turn.state
    state.unclear += 1
    if state.unclear > MAX_UNCLEAR:
        return _end(turn, "the line is too bad", lines.silence_goodbye)
    line = turn.playbook.fill(lines.unclear[(state.unclear - 1) % len(lines.unclear)])
    question = state.question if state.unclear > 1 else ""
    return Plan(AgentName.CONVERSATION, "not understood", line, question, expects=state.expects)


def _plan_repeat(turn: Turn) -> Plan:
    """Say the open question again, up to three times in a row; then give up politely."""
    lines, state = turn.playbook.lines, turn.state
    line = turn.playbook.fill(lines.repeat)
    if state.closed:
        return Plan(
            agent=AgentName.CONVERSATION,
            reason="the lead asks for a repeat",
            lead_in=line,
            question=state.closing,
            expects=Expects.NOTHING,
            ends_call=True,
        )
    state.repeats += 1
    if state.repeats > MAX_REPEATS:
        return _end(turn, "the lead can't make it out", lines.silence_goodbye)
    question = state.question or turn.playbook.fill(lines.who)
    return Plan(AgentName.CONVERSATION, "the lead asks for a repeat", line, question, expects=state.expects)


def _plan_fact(turn: Turn, fact: str | None) -> Plan:
    """Answer a question from the playbook's facts, or say that it isn't known here."""
    if fact is None:
        reason = "a question that the playbook can't answer"
        return _aside(turn, reason, turn.playbook.lines.unknown_fact)
    return _aside(turn, f"a question about {fact}", turn.playbook.facts[fact].answer)


def _aside(turn: Turn, reason: str, line: str) -> Plan:
    """Answer, then come back to the open question, or go on with the next."""
    state = turn.state
    answer = turn.playbook.fill(line)
    if state.closed:
        goodbye = turn.playbook.fill(turn.playbook.lines.goodbye)
        return Plan(AgentName.CONVERSATION, reason, answer, goodbye, expects=Expects.NOTHING, ends_call=True)
    question = next_question(state, turn.playbook)
    if not state.question and question is not None:
        plan_question(turn, question, NONE, reason=reason)
    return Plan(AgentName.CONVERSATION, reason, answer, state.question, expects=state.expects)


def _end(turn: Turn, reason: str, line: str, *, opts_out: str | None = None) -> Plan:
    if not turn.state.closed:
        turn.state.phase = Phase.OVER
    return Plan(
        agent=AgentName.CONVERSATION,
        reason=reason,
        lead_in=turn.playbook.fill(line),
        expects=Expects.NOTHING,
        ends_call=True,
        opts_out=opts_out,
    )
