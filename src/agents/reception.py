"""The conversation agent: opening, wishes about the call itself, silence, what was not understood, goodbye."""

from __future__ import annotations

from agents.playbook import Playbook
from agents.qualification import next_question, plan_question
from agents.state import Asked, ConversationState, Phase, Plan
from agents.turn import Turn
from agents.understanding.intents import Intent
from domain.turn import AgentName, Expects

MAX_SILENCES = 2
MAX_UNCLEAR = 3


def plan_opening(state: ConversationState, playbook: Playbook, name: str | None) -> Plan:
    """Return the first line: who calls, that it is a machine, why, and whether it suits."""
    first = name.split()[0] if name and name.strip() else ""
    greeting = f"Hi {first}, " if first.isalpha() and first.istitle() else "Hi, "
    opening = playbook.fill(playbook.lines.opening)
    state.phase = Phase.SERVICE_INQUIRY
    state.asked, state.question, state.expects = Asked.PERMISSION, _last_question(opening), Expects.YES_NO
    return Plan(AgentName.CONVERSATION, "the call begins", greeting + opening, expects=Expects.YES_NO)


def plan_rule(turn: Turn) -> Plan | None:
    """Return the answer to what must be answered by rule and at once; None when nothing of the kind was said."""
    lines, said = turn.playbook.lines, turn.said
    if said.has(Intent.OPT_OUT):
        turn.state.holding.add("opted_out")
        return _end(turn, "the lead opted out", lines.opt_out, opts_out=said.text)
    if said.has(Intent.WRONG_NUMBER):
        turn.state.holding.add("wrong_number")
        return _end(turn, "a wrong number", lines.wrong_number)
    if said.has(Intent.HUMAN) and not said.has(Intent.ROBOT):
        turn.state.holding.add("human_requested")
        turn.state.phase = Phase.ESCALATED
        return _end(turn, "the lead wants a person", lines.human)
    if said.has(Intent.ROBOT):
        return _aside(turn, "the lead asks whether it is a machine", lines.robot)
    return None


def plan_silence(turn: Turn) -> Plan:
    """Prompt twice, then say goodbye."""
    lines, state = turn.playbook.lines, turn.state
    state.silences += 1
    if state.silences > MAX_SILENCES:
        return _end(turn, "nobody answers", lines.silence_goodbye)
    prompt = lines.silence[(state.silences - 1) % len(lines.silence)]
    return Plan(AgentName.CONVERSATION, "silence", prompt, state.question, expects=state.expects)


def plan_unclear(turn: Turn) -> Plan:
    """Ask for a repeat; after three in a row, give up politely."""
    lines, state = turn.playbook.lines, turn.state
    state.unclear += 1
    if state.unclear > MAX_UNCLEAR:
        return _end(turn, "the line is too bad", lines.silence_goodbye)
    line = lines.unclear[(state.unclear - 1) % len(lines.unclear)]
    question = state.question if state.unclear > 1 else ""
    return Plan(AgentName.CONVERSATION, "not understood", line, question, expects=state.expects)


def plan_who(turn: Turn) -> Plan:
    """Say who calls and why."""
    return _aside(turn, "the lead asks who calls", turn.playbook.lines.who)


def plan_repeat(turn: Turn) -> Plan:
    """Say the last question again."""
    question = turn.state.question or turn.playbook.lines.who
    return Plan(AgentName.CONVERSATION, "the lead asks for a repeat", "Of course.", question, expects=turn.state.expects)


def plan_fact(turn: Turn, fact: str | None) -> Plan:
    """Answer a question from the playbook's facts, or say that it isn't known here."""
    answer = turn.playbook.facts[fact].answer if fact else turn.playbook.lines.unknown_fact
    return _aside(turn, f"a question about {fact}" if fact else "a question that the playbook can't answer", answer)


def plan_goodbye(turn: Turn, reason: str, line: str) -> Plan:
    """Say goodbye."""
    return _end(turn, reason, line)


def _aside(turn: Turn, reason: str, line: str) -> Plan:
    """Answer, then come back to the open question, or go on with the next."""
    state = turn.state
    answer = turn.playbook.fill(line)
    if state.question:
        return Plan(AgentName.CONVERSATION, reason, answer, state.question, expects=state.expects)
    question = next_question(state, turn.playbook)
    if question is None:
        return Plan(AgentName.CONVERSATION, reason, answer, expects=Expects.OPEN)
    plan = plan_question(state, turn.playbook, question, lead_in=answer, reason=reason)
    state.question, state.expects = plan.question, plan.expects
    return Plan(AgentName.CONVERSATION, reason, answer, plan.question, expects=plan.expects)


def _end(turn: Turn, reason: str, line: str, *, opts_out: str | None = None) -> Plan:
    if turn.state.phase is not Phase.ESCALATED:
        turn.state.phase = Phase.OVER
    return Plan(
        agent=AgentName.CONVERSATION,
        reason=reason,
        lead_in=turn.playbook.fill(line),
        expects=Expects.NOTHING,
        ends_call=True,
        opts_out=opts_out,
    )


def _last_question(text: str) -> str:
    sentences = [part.strip() for part in text.replace("!", ".").split(".") if part.strip()]
    return sentences[-1] if sentences and sentences[-1].endswith("?") else ""
