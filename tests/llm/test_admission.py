from __future__ import annotations

import asyncio

import pytest

from domain.errors import ModelOverloaded
from llm.admission import Admission
from llm.chat import Priority


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


class Worker:
    """Holds a place until told to leave."""

    def __init__(self, admission: Admission, priority: Priority, log: list[str], name: str) -> None:
        self.leave = asyncio.Event()
        self.task = asyncio.create_task(self._run(admission, priority, log, name))

    async def _run(self, admission: Admission, priority: Priority, log: list[str], name: str) -> None:
        async with admission.place(priority):
            log.append(name)
            await self.leave.wait()

    async def finish(self) -> None:
        self.leave.set()
        await self.task
        await settle()


async def test_voice_goes_ahead_of_background_and_first_come_first_served_within() -> None:
    admission, log = Admission(1), list[str]()
    workers = [
        Worker(admission, priority, log, name)
        for name, priority in [
            ("first", Priority.BACKGROUND),
            ("b1", Priority.BACKGROUND),
            ("v1", Priority.VOICE),
            ("b2", Priority.BACKGROUND),
            ("v2", Priority.VOICE),
        ]
    ]
    await settle()
    for index in (0, 2, 4, 1, 3):
        await workers[index].finish()
    assert log == ["first", "v1", "v2", "b1", "b2"]
    assert admission.free == 1


async def test_capacity_bounds_how_many_run() -> None:
    admission, log = Admission(2), list[str]()
    workers = [Worker(admission, Priority.VOICE, log, str(number)) for number in range(3)]
    await settle()
    assert log == ["0", "1"]
    assert admission.waiting(Priority.VOICE) == 1
    for worker in workers:
        await worker.finish()
    assert admission.free == 2


async def test_a_cancelled_waiter_loses_its_place_to_the_next() -> None:
    admission, log = Admission(1), list[str]()
    holder, quitter, patient = (Worker(admission, Priority.VOICE, log, name) for name in "abc")
    await settle()
    quitter.task.cancel()
    await settle()
    await holder.finish()
    assert log == ["a", "c"]
    await patient.finish()
    assert admission.free == 1


async def test_a_place_granted_in_the_moment_of_cancelling_is_handed_on() -> None:
    admission, log = Admission(1), list[str]()
    async with admission.place(Priority.VOICE):
        quitter, patient = (Worker(admission, Priority.VOICE, log, name) for name in "ab")
        await settle()
    quitter.task.cancel()
    await settle()
    assert log == ["b"]
    await patient.finish()
    assert admission.free == 1


async def test_cancelling_a_holder_frees_its_place() -> None:
    admission, log = Admission(1), list[str]()
    holder = Worker(admission, Priority.VOICE, log, "a")
    await settle()
    holder.task.cancel()
    await settle()
    assert admission.free == 1


async def test_background_beyond_the_limit_is_refused_but_voice_never() -> None:
    admission, log = Admission(1, background_limit=1, retry_after_s=2.5), list[str]()
    workers = [Worker(admission, Priority.BACKGROUND, log, name) for name in "ab"]
    await settle()
    with pytest.raises(ModelOverloaded) as caught:
        async with admission.place(Priority.BACKGROUND):
            pass
    assert caught.value.retry_after_s == 2.5
    voice = Worker(admission, Priority.VOICE, log, "v")
    await settle()
    for worker in (workers[0], voice, workers[1]):
        await worker.finish()
    assert log == ["a", "v", "b"]


def test_capacity_must_be_positive() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Admission(0)
