"""The lead frame by frame: when it speaks, what it picks, when it hangs up."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from domain.ports import Pcm16
from simulator.hearing import ReadingEar
from simulator.lead import Lead
from simulator.sound import FRAME_MS, SAMPLES_PER_MS, is_audible, silence
from simulator.speech import render_script
from tests.simulator.support import ToneVoice, frame, persona


class Conversation:
    """A lead that reads what the agent says."""

    def __init__(self, lead: Lead, agent: list[str]) -> None:
        self.lead = lead
        self.at_ms = 0
        self._agent = agent

    def run(self, duration_ms: int, heard: Pcm16, *, more_to_come: bool = False) -> list[tuple[int, Pcm16]]:
        """Return the lead's audible frames with their times."""
        spoken = []
        for _ in range(duration_ms // FRAME_MS):
            sent = self.lead.next_frame(heard, self.at_ms, more_to_come=more_to_come)
            assert len(sent.pcm) == FRAME_MS * SAMPLES_PER_MS
            if is_audible(sent.pcm):
                spoken.append((self.at_ms, sent.pcm))
            self.at_ms += FRAME_MS
        return spoken

    def silence(self, duration_ms: int, *, more_to_come: bool = False) -> list[tuple[int, Pcm16]]:
        return self.run(duration_ms, silence(FRAME_MS), more_to_come=more_to_come)

    def agent_says(self, text: str, duration_ms: int = 600) -> list[tuple[int, Pcm16]]:
        self._agent.append(text)
        return self.run(duration_ms, frame())

    @property
    def said(self) -> list[str]:
        return [line.text for line in self.lead.lines]


async def conversation(**fields: Any) -> Conversation:  # noqa: ANN401 - a persona's fields
    agent: list[str] = []
    script = await render_script(persona(**fields), ToneVoice())
    return Conversation(Lead(script, ReadingEar(lambda: " ".join(agent)), Random(3)), agent)


def has_hung_up(talk: Conversation) -> bool:
    return talk.lead.hung_up


AREA = {"when": "area", "say": "Riverside."}


async def test_greets_after_picking_up_and_only_once() -> None:
    talk = await conversation()
    spoken = talk.silence(3_000)
    assert [at for at, _ in spoken] == list(range(400, 700, 20))
    assert talk.said == ["Hello?"]


async def test_answers_a_natural_while_after_the_agent() -> None:
    talk = await conversation(answers=[AREA])
    talk.silence(1_000)
    talk.agent_says("Which AREA?")
    ended = talk.at_ms
    spoken = talk.silence(2_000)
    assert 580 <= spoken[0][0] - ended <= 900
    assert talk.said == ["Hello?", "Riverside."]


async def test_waits_while_audio_is_still_to_be_played() -> None:
    talk = await conversation(answers=[AREA])
    talk.silence(1_000)
    talk.agent_says("Which area?")
    assert talk.silence(2_000, more_to_come=True) == []
    assert talk.silence(100) != []


async def test_first_matching_answer_wins_then_otherwise() -> None:
    talk = await conversation(
        answers=[{"when": "area", "say": "Once.", "once": True}, {"when": "area.*bedrooms", "say": "Second."}],
        otherwise="Pardon?",
    )
    for question in ("area and bedrooms?", "area and bedrooms?", "weather?"):
        talk.silence(1_500)
        talk.agent_says(question)
    talk.silence(1_500)
    assert talk.said == ["Hello?", "Once.", "Second.", "Pardon?"]


async def test_keeps_quiet_and_goes_on_listening() -> None:
    talk = await conversation(answers=[{"when": "^let me see.$", "say": ""}, AREA], otherwise="Pardon?")
    talk.silence(1_000)
    talk.agent_says("Let me see.")
    talk.silence(1_500)
    talk.agent_says("Which area?")
    talk.silence(1_500)
    assert talk.said == ["Hello?", "Riverside."]


async def test_clicks_are_not_speech() -> None:
    talk = await conversation(otherwise="Pardon?")
    talk.silence(1_000)
    talk.agent_says("noise", 60)
    assert talk.silence(2_000) == []


async def test_hangs_up_after_the_goodbye_was_heard() -> None:
    talk = await conversation(hang_up_when="good ?bye", otherwise="Pardon?")
    talk.silence(1_000)
    talk.agent_says("Thanks, goodbye.")
    assert not has_hung_up(talk)
    talk.silence(1_000)
    assert has_hung_up(talk)
    assert talk.said == ["Hello?"]


async def test_gives_up_on_a_line_that_stays_silent() -> None:
    talk = await conversation()
    talk.silence(60_600)
    assert not has_hung_up(talk)
    talk.silence(200)
    assert has_hung_up(talk)


@pytest.mark.parametrize("when", [".*", "lovely"])
async def test_barges_in_on_time(when: str) -> None:
    talk = await conversation(greeting="", answers=[{"when": when, "say": "Wait.", "barge_in_ms": 800, "once": True}])
    talk.silence(500)
    spoken = talk.agent_says("We have a lovely house", 3_000)
    assert spoken[0][0] - 500 == 800
    assert talk.said == ["Wait."]


async def test_agent_that_stops_when_interrupted_is_not_answered_twice() -> None:
    talk = await conversation(
        greeting="",
        answers=[{"when": "house", "say": "Wait.", "barge_in_ms": 800, "once": True}],
        otherwise="Pardon?",
    )
    talk.silence(500)
    talk.agent_says("We have a house", 900)
    talk.silence(2_000)
    assert talk.said == ["Wait."]


async def test_agent_that_talks_on_is_heard_out() -> None:
    talk = await conversation(greeting="Hello?", answers=[AREA])
    talk.silence(500)
    talk.agent_says("Hi, which area?", 1_000)
    talk.silence(1_500)
    assert talk.said == ["Hello?", "Riverside."]
