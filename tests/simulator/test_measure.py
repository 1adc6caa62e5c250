"""Turns, latencies, early turns and barge-in from what was sent and played."""

from __future__ import annotations

from simulator.hearing import HeardText
from simulator.measure import SentLine, SentLines, Span, heard_turns, played_clauses, speech_spans
from simulator.playout import PlayedFrame, PlayedMark

HELLO = SentLine("Hello?", 400, 700, 701.5)


def test_latency_runs_from_the_last_frame_sent_to_the_first_heard() -> None:
    lead, agent = heard_turns([HELLO], [Span(1_000, 3_000)], [HeardText(900, 3_100, "Hi.")])
    assert (lead.speaker, lead.start_ms, lead.end_ms, lead.latency_ms) == ("lead", 400, 700, None)
    assert (agent.text, agent.latency_ms, agent.early, agent.onsets_ms) == ("Hi.", 298.5, False, (1_000,))


def test_pauses_stay_inside_a_turn_and_show_as_onsets() -> None:
    _, agent = heard_turns([HELLO], [Span(1_000, 1_200), Span(1_900, 3_000)], [])
    assert (agent.start_ms, agent.end_ms, agent.onsets_ms) == (1_000, 3_000, (1_000, 1_900))


def test_second_turn_without_a_lead_between_is_no_answer() -> None:
    _, first, again = heard_turns([HELLO], [Span(1_000, 2_000), Span(9_000, 9_500)], [])
    assert (first.latency_ms, again.latency_ms) == (298.5, None)


def test_turn_begun_while_the_lead_speaks_is_early_and_untimed() -> None:
    lead, agent = heard_turns([HELLO], [Span(600, 2_000)], [])
    assert (agent.early, agent.latency_ms, lead.stop_ms) == (True, None, None)


def test_answer_after_an_early_turn_counts_from_the_leads_end() -> None:
    line = SentLine("I want ... two bedrooms.", 0, 2_000, 2_000)
    lead, early, answer = heard_turns([line], [Span(900, 1_300), Span(2_400, 3_000)], [])
    assert (lead.speaker, early.early, answer.early, answer.latency_ms) == ("lead", True, False, 400)


def test_barge_in_is_timed_from_the_leads_onset() -> None:
    cut = SentLine("Wait.", 2_000, 2_400, 2_400)
    agent, lead, answer = heard_turns([cut], [Span(500, 2_180), Span(2_900, 4_000)], [])
    assert (agent.speaker, agent.end_ms, lead.stop_ms, answer.latency_ms) == ("agent", 2_180, 180, 500)


def test_opening_before_any_lead_has_no_latency() -> None:
    (agent,) = heard_turns([], [Span(1_200, 2_000)], [])
    assert (agent.latency_ms, agent.early) == (None, False)


def test_spans_bridge_short_pauses_and_stop_with_the_stream() -> None:
    played = [PlayedFrame(start, start + 160, audible) for start, audible in ((0, True), (160, False), (320, True))]
    late = [PlayedFrame(8_000, 8_160, True), PlayedFrame(8_160, 8_320, True)]
    assert speech_spans([*played, *late], played_to=8_100) == [Span(0, 60), Span(1_000, 1_012.5)]


def test_sent_lines_span_their_audible_frames() -> None:
    sent = SentLines()
    sent.sent(0, "Hello?", frame_start_ms=400, sent_ms=420.4)
    sent.sent(0, "Hello?", frame_start_ms=420, sent_ms=441.0)
    assert sent.all() == [SentLine("Hello?", 400, 440, 441.0)]


def test_clauses_are_the_audio_before_each_mark() -> None:
    played = [PlayedFrame(0, 160, False), PlayedFrame(160, 320, True), PlayedFrame(800, 960, True)]
    marks = [PlayedMark("one", 320, cleared=False), PlayedMark("two", 960, cleared=True), PlayedMark("x", 960, False)]
    one, two, nothing = played_clauses(marks, played)
    assert (one.mark, one.start_ms, one.end_ms, one.cleared) == ("one", 20, 40, False)
    assert (two.start_ms, two.end_ms, two.cleared) == (100, 120, True)
    assert (nothing.start_ms, nothing.end_ms) == (None, None)
