"""The score: each factor's first rule that fits, with the words that support it."""

from __future__ import annotations

import pytest

from agents.analytics import review
from agents.playbook import Playbook
from agents.qualification import next_question, score
from agents.state import ConversationState, Known


def knowing(**slots: str) -> ConversationState:
    """Return a state in which `slots` are known."""
    return ConversationState(slots={name: Known(value, f"it is {value}", 0.9, 0) for name, value in slots.items()})


@pytest.mark.parametrize(
    ("slots", "points"),
    [
        ({}, 0.0),
        ({"budget": "300000"}, 30.0),
        ({"budget": "299999"}, 18.0),
        ({"budget": "60000"}, 6.0),
        ({"budget": "a lot"}, 0.0),
        ({"timeline": "soon"}, 20.0),
        ({"financing": "needed"}, 10.0),
        ({"area": "Oakwood", "bedrooms": "2", "budget": "500000", "timeline": "now", "financing": "cash"}, 100.0),
    ],
)
def test_points(playbook: Playbook, slots: dict[str, str], points: float) -> None:
    value, factors = score(knowing(**slots), playbook)
    assert value == points
    assert {name for name, factor in factors.items() if factor.quote} == set(slots)
    assert sum(factor.weight for factor in factors.values()) == 100


def test_the_first_unknown_slot_is_asked_for_at_most_twice(playbook: Playbook) -> None:
    state = knowing(area="Oakwood")
    first = next_question(state, playbook)
    assert first is not None and first.slot == "bedrooms"
    state.times_asked["bedrooms"] = 2
    then = next_question(state, playbook)
    assert then is not None and then.slot == "budget"


def test_the_outcome_of_highest_rank_holds(playbook: Playbook) -> None:
    state = knowing(budget="500000", timeline="now")
    assert review(state, playbook).outcome == "qualified"
    state.holding |= {"not_interested", "opted_out"}
    reviewed = review(state, playbook)
    assert (reviewed.outcome, reviewed.next_step) == ("opted_out", "never call again")


def test_the_mood_is_that_of_the_last_turns(playbook: Playbook) -> None:
    state = knowing()
    assert review(state, playbook).sentiment == 0.0
    state.sentiment += [-1.0, 1.0, 1.0, 0.0]
    assert review(state, playbook).sentiment == 0.67


def test_a_copy_of_the_state_shares_no_container() -> None:
    state = knowing(area="Oakwood")
    twin = state.copy()
    twin.slots.clear()
    twin.holding.add("qualified")
    twin.times_asked["area"] = 1
    assert set(state.slots) == {"area"}
    assert not state.holding
    assert not state.times_asked
