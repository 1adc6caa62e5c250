"""The heard-text ledger: marks count in full, the clause being played by its share."""

from __future__ import annotations

from domain.turn import AgentName, Reply
from voice.ledger import HeardTextLedger


def reply(text: str) -> Reply:
    return Reply(text, AgentName.CONVERSATION, "vetted")


def ledger_of(*clauses: str, each_ms: float = 1_000) -> HeardTextLedger:
    ledger = HeardTextLedger()
    for number, clause in enumerate(clauses):
        ledger.sending(f"m{number}", reply(clause), starts_ms=number * each_ms)
        ledger.sent_until((number + 1) * each_ms)
    return ledger


def test_a_reply_is_settled_only_when_all_is_sent_and_marked() -> None:
    ledger = ledger_of("one two", "three four")
    ledger.marked("m0")
    ledger.marked("m1")
    assert not ledger.settled
    ledger.all_sent()
    assert ledger.settled
    whole = ledger.whole()
    assert (whole.text, whole.end_ms, whole.interrupted) == ("one two three four", 2_000, False)


def test_a_cut_keeps_the_words_played() -> None:
    ledger = ledger_of("one two three four", "five six seven eight")
    ledger.marked("m0")
    heard = ledger.cut(now_ms=1_500)
    assert heard.text == "one two three four five six"
    assert heard.end_ms == 1_500
    assert heard.interrupted


def test_a_cut_before_any_sound_heard_nothing() -> None:
    ledger = ledger_of("one two", each_ms=1_000)
    heard = ledger.cut(now_ms=0)
    assert heard.text == ""
    assert heard.end_ms == 0


def test_a_late_mark_does_not_shorten_what_was_played() -> None:
    ledger = ledger_of("one two", "three four")
    assert ledger.cut(now_ms=1_900).text == "one two three"


def test_the_rest_begins_with_the_clause_being_played() -> None:
    ledger = ledger_of("one two", "three four", "five six")
    ledger.marked("m0")
    assert [clause.text for clause in ledger.unheard(now_ms=1_500)] == ["three four", "five six"]


def test_marks_of_earlier_replies_are_ignored() -> None:
    ledger = ledger_of("one")
    ledger.all_sent()
    ledger.marked("old")
    assert not ledger.settled
