"""Signatures, made by the simulator's own signer and checked by the library's validator."""

from __future__ import annotations

import hashlib

import pytest
from starlette.datastructures import ImmutableMultiDict

from simulator.webhooks import signature
from telephony.signatures import SignatureCheck

PUBLIC = "https://calls.example.com"
PATH = "/twilio/status?call_id=1"
FORM = {"CallSid": "CA1", "CallStatus": "busy"}


def test_a_right_signature_passes() -> None:
    given = signature("token", PUBLIC + PATH, FORM)
    assert SignatureCheck("token").valid(PUBLIC, PATH, FORM, given)
    assert SignatureCheck("token").valid(PUBLIC + "/", PATH, FORM, given)


@pytest.mark.parametrize(
    ("public", "signed"),
    [
        ("https://calls.example.com", "https://calls.example.com:443"),
        ("https://calls.example.com:443", "https://calls.example.com"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
    ],
)
def test_a_port_that_goes_without_saying_does_not_count(public: str, signed: str) -> None:
    assert SignatureCheck("token").valid(public, PATH, FORM, signature("token", signed + PATH, FORM))


@pytest.mark.parametrize(
    "given",
    [
        "",
        "nonsense",
        signature("another", PUBLIC + PATH, FORM),
        signature("token", "http://127.0.0.1:8000" + PATH, FORM),
        signature("token", PUBLIC + "/twilio/status?call_id=2", FORM),
        signature("token", PUBLIC + PATH, {**FORM, "CallStatus": "completed"}),
        signature("token", PUBLIC + PATH, {}),
    ],
)
def test_a_wrong_one_does_not(given: str) -> None:
    assert not SignatureCheck("token").valid(PUBLIC, PATH, FORM, given)


def test_a_field_that_comes_twice_counts_twice() -> None:
    form = ImmutableMultiDict([("Media", "a"), ("Media", "b")])
    given = signature("token", PUBLIC + PATH, {"Media": "aMediab"})
    assert SignatureCheck("token").valid(PUBLIC, PATH, form, given)


@pytest.mark.parametrize(
    ("hashed", "sent", "valid"),
    [('{"a": 1}', '{"a": 1}', True), ('{"a": 1}', '{"a": 2}', False), (None, '{"a": 1}', False)],
)
def test_a_json_body_is_signed_by_its_hash(hashed: str | None, sent: str, *, valid: bool) -> None:
    path = PATH + (f"&bodySHA256={hashlib.sha256(hashed.encode()).hexdigest()}" if hashed else "")
    assert SignatureCheck("token").valid(PUBLIC, path, sent, signature("token", PUBLIC + path, {})) is valid
