"""Every error tells a person what is wrong, and a program what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain import errors


def every_error() -> list[type[errors.LeadlineError]]:
    found, todo = [], [errors.LeadlineError]
    while todo:
        kind = todo.pop()
        found.append(kind)
        todo += kind.__subclasses__()
    return [kind for kind in found if kind.__module__ == "domain.errors"]


def test_the_documented_tree_is_the_whole_tree() -> None:
    assert [kind.__name__ for kind in every_error() if kind.__name__ not in (errors.__doc__ or "")] == []


@pytest.mark.parametrize("kind", every_error())
def test_each_kind_has_an_exit_code_and_a_status(kind: type[errors.LeadlineError]) -> None:
    assert kind.exit_code in (1, 2, 3, 4)
    assert 400 <= kind.http_status <= 599


def test_a_file_error_names_file_line_and_field() -> None:
    error = errors.InvalidFile(Path("a.yaml"), "too long", line=7, field="lines.opening")
    assert str(error) == "a.yaml:7: lines.opening: too long"
    assert str(errors.InvalidFile(Path("a.yaml"), "is empty")) == "a.yaml: is empty"


def test_ways_to_mend() -> None:
    assert errors.ModelMissing("whisper-base").mend == "leadline models pull whisper-base"
    assert "LEADLINE_PORT" in (errors.AddressInUse("127.0.0.1", 8000).mend or "")
    assert "models pull" in (errors.CorruptFile("x", expected="a" * 64, found="b" * 64).mend or "")
    carrier = errors.TelephonyError("21211", "Invalid 'To'")
    assert (carrier.code, carrier.text, str(carrier)) == ("21211", "Invalid 'To'", "carrier error 21211: Invalid 'To'")
    assert errors.ModelOverloaded("busy", retry_after_s=2.5).retry_after_s == 2.5
