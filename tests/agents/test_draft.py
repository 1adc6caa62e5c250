"""A reply: the model's words where they come in time and pass, else the vetted line; effects only on commit."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agents.draft import Proposal, TurnDraft, Worder
from agents.playbook import Playbook, load_playbook
from agents.state import ConversationState, Plan
from agents.wording import example_words, load_prompt
from domain.errors import ModelUnavailable
from domain.ports import Slot
from domain.turn import AgentName, Expects, Reply
from tests.fakes.llm import Scripted, ScriptedChat

PLAN = Plan(AgentName.QUALIFICATION, "more to learn", "Thank you.", "How many?", expects=Expects.NUMBER, worded=True)


@pytest.fixture(scope="module")
def playbook() -> Playbook:
    return load_playbook(Path(__file__).parents[2] / "config" / "playbooks" / "real_estate.yaml")


class Committed:
    """Counts commits; answers with the proposal, or another one."""

    def __init__(self, instead: Proposal | None = None) -> None:
        self.count = 0
        self._instead = instead

    async def __call__(self, proposal: Proposal) -> Proposal:
        self.count += 1
        return self._instead or proposal


def proposal(plan: Plan = PLAN, said: str = "Somewhere in Riverside.") -> Proposal:
    return Proposal(ConversationState(), plan, (), said=said, asked="Which area are you looking in?")


def draft(playbook: Playbook, model: ScriptedChat | None, what: Proposal, commit: Committed | None = None) -> TurnDraft:
    return TurnDraft(what, Worder(model, load_prompt(playbook), deadline_s=0.5), commit or Committed())


async def said(of: TurnDraft) -> list[Reply]:
    return [reply async for reply in of.replies()]


async def test_the_model_words_the_lead_in_and_the_question_is_kept(playbook: Playbook) -> None:
    model = ScriptedChat(["Somewhere in Riverside, thank you. And then"])
    replies = await said(draft(playbook, model, proposal()))
    assert [(reply.text, reply.wording, reply.fallback) for reply in replies] == [
        ("Somewhere in Riverside, thank you.", "model", False),
        ("How many?", "vetted", False),
    ]
    assert {reply.expects for reply in replies} == {Expects.NUMBER}


@pytest.mark.parametrize(
    "script",
    [
        Scripted("Riverside, I'll find you the best price."),
        Scripted(""),
        Scripted(fails=ModelUnavailable("gone")),
        Scripted("Riverside, thank you.", gate=asyncio.Event()),
    ],
    ids=["refused", "empty", "down", "late"],
)
async def test_without_good_words_in_time_the_vetted_line_stands_in(playbook: Playbook, script: Scripted) -> None:
    worder = Worder(ScriptedChat([script]), load_prompt(playbook), deadline_s=0.05)
    replies = await said(TurnDraft(proposal(), worder, Committed()))
    assert [(reply.text, reply.wording, reply.fallback) for reply in replies] == [
        ("Thank you.", "vetted", True),
        ("How many?", "vetted", True),
    ]


async def test_what_must_be_vetted_never_reaches_the_model(playbook: Playbook) -> None:
    model = ScriptedChat()
    plan = Plan(AgentName.CONVERSATION, "a rule", "We won't call you again. Goodbye.", ends_call=True)
    replies = await said(draft(playbook, model, proposal(plan)))
    assert [(reply.wording, reply.ends_call, reply.fallback) for reply in replies] == [("vetted", True, False)]
    assert model.requests == []


async def test_without_a_model_everything_is_vetted(playbook: Playbook) -> None:
    replies = await said(draft(playbook, None, proposal()))
    assert [reply.text for reply in replies] == ["Thank you.", "How many?"]


async def test_a_booking_is_confirmed_only_after_it_was_taken(playbook: Playbook) -> None:
    slot = Slot(datetime(2026, 11, 24, 18, 0, tzinfo=UTC), "the office")
    booking = Plan(AgentName.SCHEDULER, "confirmed", "You're booked.", ends_call=True, books=slot)
    commit = Committed()
    waiting = draft(playbook, None, proposal(booking), commit)
    task = asyncio.create_task(said(waiting))
    await asyncio.sleep(0)
    assert not task.done()
    await waiting.commit()
    assert [reply.text for reply in await task] == ["You're booked."]


async def test_a_slot_lost_meanwhile_is_not_confirmed(playbook: Playbook) -> None:
    slot = Slot(datetime(2026, 11, 24, 18, 0, tzinfo=UTC), "the office")
    booking = Plan(AgentName.SCHEDULER, "confirmed", "You're booked.", ends_call=True, books=slot)
    instead = proposal(Plan(AgentName.SCHEDULER, "gone", "That time isn't free.", "Which other?"))
    losing = draft(playbook, None, proposal(booking), Committed(instead))
    await losing.commit()
    replies = await said(losing)
    assert [reply.text for reply in replies] == ["That time isn't free.", "Which other?"]
    assert not any(reply.ends_call for reply in replies)


async def test_effects_happen_once_and_never_after_a_discard(playbook: Playbook) -> None:
    commit = Committed()
    kept = draft(playbook, None, proposal(), commit)
    await kept.commit()
    await kept.commit()
    assert commit.count == 1
    dropped = draft(playbook, None, proposal(), commit)
    await dropped.discard()
    await dropped.commit()
    assert commit.count == 1


async def test_a_discarded_draft_frees_the_model(playbook: Playbook) -> None:
    asked = asyncio.Event()

    def answer(_: object) -> str:
        asked.set()
        return "Riverside, thank you."

    model = ScriptedChat([Scripted(answer, gate=asyncio.Event())])
    pending = draft(playbook, model, proposal())
    task = asyncio.create_task(said(pending))
    await asked.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await pending.discard()
    assert model.running == 0


def test_the_prompt_is_stable_and_what_varies_comes_last(playbook: Playbook) -> None:
    prompt = load_prompt(playbook)
    one = prompt.request(question="And what budget do you have in mind?", said="Around $400,000.")
    other = prompt.request(question="", said="Yes.")
    assert one[:-1] == other[:-1] == list(prompt.prefix)
    assert one[-1].content == "[And what budget do you have in mind?] Around four hundred thousand dollars."
    assert other[-1].content == "Yes."
    assert prompt.version.isdigit()
    assert playbook.identity.agent_name in prompt.prefix[0].content
    assert "boston" in example_words(prompt)
