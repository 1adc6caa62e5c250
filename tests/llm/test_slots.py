from __future__ import annotations

from llm.embedded.slots import SlotTable

CALL = [("system", "You sell houses."), ("user", "Hello")]
CHAT = [("system", "You book dentists."), ("user", "Hello")]


def test_each_lane_has_slots_of_its_own() -> None:
    table = SlotTable(voice=1, background=1)
    assert table.take(CALL, voice=True) == 0
    assert table.take(CALL, voice=False) == 1


def test_a_request_takes_the_slot_that_knows_its_prompt() -> None:
    table = SlotTable(voice=2, background=1)
    first, second = table.take(CALL, voice=True), table.take(CHAT, voice=True)
    table.give(first)
    table.give(second)
    assert table.take([*CHAT, ("assistant", "Hi")], voice=True) == second
    assert table.take([*CALL, ("assistant", "Hi")], voice=True) == first


def test_a_free_slot_is_better_than_one_that_knows_the_prompt() -> None:
    table = SlotTable(voice=2, background=1)
    busy = table.take(CALL, voice=True)
    assert table.take(CALL, voice=True) != busy


def test_when_all_are_busy_the_queue_grows_evenly() -> None:
    table = SlotTable(voice=2, background=1)
    taken = [table.take(CALL, voice=True) for _ in range(4)]
    assert sorted(taken) == [0, 0, 1, 1]
