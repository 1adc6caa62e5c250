"""YAML files that people write, read into a Pydantic model with the line of every error."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from domain.errors import InvalidFile

ModelT = TypeVar("ModelT", bound=BaseModel)
Location = Sequence[str | int]


class _CoreLoader(yaml.SafeLoader):
    """Plain scalars about as YAML 1.2's core schema reads them: `no`, `9:30`, dates and `+15550001` stay text."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own attribute


def _resolver(tag: str, pattern: str, first: str) -> None:
    _CoreLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(rf"^(?:{pattern})$"), list(first))


_resolver("null", r"~|null|Null|NULL|", "~nN")
_CoreLoader.yaml_implicit_resolvers[""] = [("tag:yaml.org,2002:null", re.compile(r"^$"))]
_resolver("bool", r"true|True|TRUE|false|False|FALSE", "tTfF")
# A leading plus or zero is part of a phone number or a code, so such text is no number.
_resolver("int", r"-?(?:0|[1-9][0-9]*)", "-0123456789")
_resolver("float", r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+(?:[eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)", "-0123456789")
_resolver("merge", r"<<", "<")


def load_yaml_model(path: Path, model: type[ModelT]) -> ModelT:
    """Read the YAML file at `path` and validate it as `model`.

    Raises:
        InvalidFile: the file can't be read, isn't YAML, repeats a key or fails the model's checks; the error names
            the file, the line from 1 and, where there is one, the field.
    """
    root, data = _read(path)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise _first_of(error, path, root) from None


def _read(path: Path) -> tuple[yaml.Node | None, object]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not UTF-8 text"
        raise InvalidFile(path, str(reason)) from None
    try:
        loader = _CoreLoader(text)
        root = loader.get_single_node()
        if root is None:
            return None, {}
        _refuse_repeated_keys(path, root, seen=set())
        return root, loader.construct_document(root)
    except yaml.YAMLError as error:
        raise _syntax(error, path) from None


def _syntax(error: yaml.YAMLError, path: Path) -> InvalidFile:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return InvalidFile(path, error.problem or "is not YAML", line=error.problem_mark.line + 1)
    return InvalidFile(path, f"is not YAML: {error}".splitlines()[0])


def _refuse_repeated_keys(path: Path, node: yaml.Node, *, seen: set[int]) -> None:
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        keys: set[str] = set()
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in keys and key.value != "<<":
                    raise InvalidFile(path, "is given twice", line=key.start_mark.line + 1, field=key.value)
                keys.add(key.value)
            _refuse_repeated_keys(path, value, seen=seen)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_repeated_keys(path, item, seen=seen)


def _first_of(error: ValidationError, path: Path, root: yaml.Node | None) -> InvalidFile:
    """Turn the most telling of Pydantic's errors into ours.

    That is an unknown field, which is often a missing one misspelt; else the first, and where that is a union's, the
    branch that went furthest.
    """
    errors = error.errors(include_url=False, include_input=False)
    places = [locate(root, details["loc"], missing=details["type"] == "missing") for details in errors]
    unknown = (index for index, details in enumerate(errors) if details["type"] == "extra_forbidden")
    first = places[next(unknown, 0)][1]
    inside = [
        index
        for index, (_, field) in enumerate(places)
        if field == first or field.startswith((f"{first}.", f"{first}["))
    ]
    best = max(inside, key=lambda index: (len(places[index][1]), -index))
    line, field = places[best]
    reason = errors[best]["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
    if len(errors) > 1:
        reason += f" (and {len(errors) - 1} more)"
    return InvalidFile(path, reason, line=line, field=field or None)


def locate(root: yaml.Node | None, location: Location, *, missing: bool) -> tuple[int, str]:
    """Return the line from 1 of the field that Pydantic's `location` names, and the field's dotted name.

    A step that the file doesn't hold is the tag of a union, or, when `missing` and last, the missing field itself,
    which has its parent's line.
    """
    node, line, field = root, 1 if root is None else root.start_mark.line + 1, ""
    for index, step in enumerate(location):
        found = _child(node, step)
        if found is not None:
            node, line = found
        elif not missing or index < len(location) - 1:
            continue
        field += f"[{step}]" if isinstance(step, int) else f".{step}" if field else step
    return line, field


def _child(node: yaml.Node | None, step: str | int) -> tuple[yaml.Node, int] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value == str(step):
                return value, key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        item = node.value[step]
        return item, item.start_mark.line + 1
    return None
