"""The documentation shows what the code does."""

from __future__ import annotations

from pathlib import Path

from agents.graph import studio_graph
from settings.environment import Environment


def test_the_drawn_graph_is_the_compiled_one(repository: Path) -> None:
    drawn = studio_graph().get_graph().draw_mermaid()
    edges = [line.strip() for line in drawn.splitlines() if "->" in line]
    page = (repository / "docs" / "architecture.md").read_text(encoding="utf-8")
    shown = [line.strip() for line in page.splitlines() if line.startswith("\t") and "->" in line]
    assert shown == edges


def test_the_readme_names_every_variable_of_the_process(repository: Path) -> None:
    page = (repository / "README.md").read_text(encoding="utf-8")
    own = [field.alias for field in Environment.model_fields.values() if field.alias and field.alias != "REDIS_URL"]
    assert [name for name in own if f"`{name}`" not in page] == []
