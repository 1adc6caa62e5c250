"""Reads personas from YAML, with the line of any error."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from domain.errors import InvalidFile
from simulator.persona import Persona


def load_persona(path: Path) -> Persona:
    """Read and check the persona in `path`; a relative `audio` is taken from the file's folder.

    Raises:
        InvalidFile: missing, no YAML, or a field is wrong; names file, line and field.
    """
    root = _tree(path)
    if not isinstance(root, yaml.MappingNode):
        raise InvalidFile(path, "a persona is a mapping of fields", line=1)
    try:
        persona = Persona.model_validate(_value(root, path))
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        place = first["loc"]
        field = ".".join(str(part) for part in place)
        raise InvalidFile(path, _reason(first["msg"]), line=_line(root, place), field=field or None) from error
    return _with_audio_of(persona, path.parent)


def _tree(path: Path) -> yaml.Node | None:
    try:
        return yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except FileNotFoundError as error:
        raise InvalidFile(path, "no such file") from error
    except UnicodeDecodeError as error:
        raise InvalidFile(path, "not UTF-8") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise InvalidFile(path, error.problem or "no YAML", line=mark.line + 1 if mark else None) from error
    except yaml.YAMLError as error:
        raise InvalidFile(path, f"no YAML: {error}") from error


def _value(root: yaml.Node, path: Path) -> Any:  # noqa: ANN401 - YAML holds any value; Pydantic checks it
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_document(root)
    except yaml.constructor.ConstructorError as error:
        mark = error.problem_mark
        raise InvalidFile(path, error.problem or "no YAML", line=mark.line + 1 if mark else None) from error
    finally:
        loader.dispose()


def _reason(message: str) -> str:
    return message.removeprefix("Value error, ")


def _line(root: yaml.Node, place: Sequence[str | int]) -> int:
    """Return the line, from 1, of the deepest node that `place` leads to."""
    node, line = root, root.start_mark.line
    for part in place:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == str(part)), None)
            if found is None:
                break
            line, node = found[0].start_mark.line, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            node = node.value[part]
            line = node.start_mark.line
    return line + 1


def _with_audio_of(persona: Persona, folder: Path) -> Persona:
    answers = tuple(
        answer.model_copy(update={"audio": str(folder / answer.audio)}) if answer.audio is not None else answer
        for answer in persona.answers
    )
    return persona.model_copy(update={"answers": answers})
