"""The shipped playbook and its graph, loaded once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from agents.graph import Graph, build_graph
from agents.playbook import Playbook, load_playbook
from agents.understanding import times
from settings.places import playbook_file
from tests.agents.support import Talk


@pytest.fixture(scope="session")
def playbook() -> Playbook:
    return load_playbook(playbook_file("real_estate"))


@pytest.fixture(scope="session")
def graph(playbook: Playbook) -> Graph:
    times.load()
    return build_graph(playbook)


@pytest.fixture
def talk(playbook: Playbook, graph: Graph) -> Callable[..., Talk]:
    """Make a conversation; keywords are those of `Talk`."""
    return partial(Talk, playbook=playbook, graph=graph)
