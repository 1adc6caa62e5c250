from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import pytest
from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.errors import InvalidFile
from settings.yaml_file import load_yaml_model


class Line(BaseModel):
    kind: Literal["line"]
    text: str


class Pause(BaseModel):
    kind: Literal["pause"]
    ms: int


class Script(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    limit: int = 3
    steps: list[Annotated[Line | Pause, Field(discriminator="kind")]] = []
    words: dict[str, str] = {}
    either: int | list[int] = 0

    @model_validator(mode="after")
    def _has_room(self) -> Script:
        if len(self.steps) > self.limit:
            raise ValueError("more steps than the limit")
        return self


Write: TypeAlias = Callable[[str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(text: str | bytes) -> Path:
        path = tmp_path / "script.yaml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return write


def test_a_good_file_becomes_the_model(write: Write) -> None:
    script = load_yaml_model(
        write("name: demo\nsteps:\n  - {kind: line, text: hello}\n  - {kind: pause, ms: 200}\n"), Script
    )

    assert script.steps == [Line(kind="line", text="hello"), Pause(kind="pause", ms=200)]


@pytest.mark.parametrize(
    ("text", "line", "field", "reason"),
    [
        ("name: demo\nlimit: many\n", 2, "limit", "valid integer"),
        ("name: demo\n\n# a comment\nlimt: 3\n", 4, "limt", "not permitted"),
        ("limit: 3\n", 1, "name", "required"),
        ("", 1, "name", "required"),
        (
            "name: demo\nsteps:\n  - kind: line\n    text: hi\n  - kind: pause\n    ms: soon\n",
            6,
            "steps[1].ms",
            "integer",
        ),
        ("name: demo\nsteps:\n  - kind: pause\n", 3, "steps[0].ms", "required"),
        ("name: demo\nsteps:\n  - kind: song\n", 3, "steps[0]", "does not match"),
        ("name: demo\neither: [1, x]\n", 2, "either[1]", "integer"),
        ("name: demo\nlimit: 0\nsteps: [{kind: pause, ms: 1}]\n", 1, None, "more steps than the limit"),
        ("- a\n- b\n", 1, None, "dictionary"),
        ("name: a\nlimit: 1\nname: b\n", 3, "name", "given twice"),
        ("name: demo\nwords:\n  a: x\n  a: y\n", 4, "a", "given twice"),
        ("name: demo\nsteps: [\n", 3, None, "expected"),
        ("name: demo\n\tlimit: 3\n", 2, None, "cannot start any token"),
        ("name: !!python/object:os.system x\n", 1, None, "could not determine a constructor"),
        ("name: a\n? [x]\n: y\n", 2, None, "unhashable key"),
        ("name: a\n---\nname: b\n", 2, None, "but found another document"),
    ],
)
def test_an_error_has_its_line_and_field(write: Write, text: str, line: int, field: str | None, reason: str) -> None:
    path = write(text)

    with pytest.raises(InvalidFile) as caught:
        load_yaml_model(path, Script)

    error = caught.value
    assert (error.file, error.line, error.field) == (path, line, field)
    assert reason in error.reason
    assert str(error).startswith(f"{path}:{line}: ")
    assert "\n" not in str(error)


def test_several_errors_are_counted(write: Write) -> None:
    with pytest.raises(InvalidFile, match=r"\(and 1 more\)"):
        load_yaml_model(write("limit: many\n"), Script)


def test_words_that_look_like_other_things_stay_words(write: Write) -> None:
    text = "name: demo\nwords:\n  a: no\n  b: 9:30\n  c: 2026-03-02\n  d: +15550100\n  e: 007\n  no: on\n"

    assert load_yaml_model(write(text), Script).words == {
        "a": "no",
        "b": "9:30",
        "c": "2026-03-02",
        "d": "+15550100",
        "e": "007",
        "no": "on",
    }


def test_numbers_and_truth_are_read_as_such(write: Write) -> None:
    class Plain(BaseModel):
        values: list[int | float | bool | None]

    values = load_yaml_model(write("values: [0, -12, 1.5, 1e3, true, False, null, ~]\n"), Plain).values

    assert values == [0, -12, 1.5, 1000.0, True, False, None, None]


def test_a_merged_mapping_may_be_overridden(write: Write) -> None:
    text = "name: demo\nwords: &base\n  a: x\nsteps: []\n"
    merged = text.replace("steps: []", "either: 0").replace("words: &base", "words:\n  <<: {a: w, b: z}")

    assert load_yaml_model(write(merged), Script).words == {"a": "x", "b": "z"}


def test_a_shared_node_is_read_at_both_places(write: Write) -> None:
    text = "name: demo\nsteps:\n  - &hello {kind: line, text: hello}\n  - *hello\n"

    assert len(load_yaml_model(write(text), Script).steps) == 2


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidFile, match=r"none\.yaml: No such file"):
        load_yaml_model(tmp_path / "none.yaml", Script)


def test_other_encodings_are_refused(write: Write) -> None:
    with pytest.raises(InvalidFile, match="is not UTF-8 text"):
        load_yaml_model(write(b"name: caf\xe9\n"), Script)


def test_control_characters_are_refused(write: Write) -> None:
    with pytest.raises(InvalidFile, match="is not YAML"):
        load_yaml_model(write("name: a\x00b\n"), Script)
