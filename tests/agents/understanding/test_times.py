"""Spoken dates and times, in a lead's own zone. Now is Monday, the 23rd of November 2026, noon in Los Angeles."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from agents.understanding.times import NO_WISH, TimeWish, find_time, following, resolve

ZONE = "America/Los_Angeles"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=ZoneInfo(ZONE))


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE))


@pytest.mark.parametrize(
    ("phrase", "moment"),
    [
        ("tomorrow at half past three", "2026-11-24T15:30"),
        ("call me tomorrow at half past three", "2026-11-24T15:30"),
        ("tomorrow at nine", "2026-11-24T09:00"),
        ("Thursday at 2 pm", "2026-11-26T14:00"),
        ("next Tuesday at four in the afternoon", "2026-12-01T16:00"),
        ("on Friday at quarter past ten", "2026-11-27T10:15"),
        ("the 30th at eleven", "2026-11-30T11:00"),
        ("tomorrow morning", "2026-11-24T10:00"),
        ("Wednesday afternoon", "2026-11-25T14:30"),
        ("tomorrow evening", "2026-11-24T18:30"),
        ("at three", "2026-11-23T15:00"),
        ("at ten in the morning", "2026-11-24T10:00"),
        ("in an hour", "2026-11-23T13:00"),
        ("December 1st at 5:30", "2026-12-01T17:30"),
        ("noon tomorrow", "2026-11-24T12:00"),
    ],
)
def test_a_moment(phrase: str, moment: str) -> None:
    assert resolve(phrase, NOW, ZONE) == local(moment)


@pytest.mark.parametrize("phrase", ["tomorrow", "next week", "sometime", "", "I have two kids and a dog"])
def test_no_clock_time_is_no_moment(phrase: str) -> None:
    assert following(find_time(phrase, NOW), NOW) is None


def test_another_language_is_not_guessed_at() -> None:
    assert resolve("tomorrow at three", NOW, ZONE, "ru") is None


def test_the_zone_is_the_persons_own() -> None:
    late = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    assert resolve("tomorrow at nine", late, ZONE) == local("2026-11-24T09:00")
    in_berlin = resolve("tomorrow at nine", late, "Europe/Berlin")
    assert in_berlin == datetime(2026, 11, 25, 9, 0, tzinfo=ZoneInfo("Europe/Berlin"))


def test_a_moment_that_is_over_is_none() -> None:
    assert following(find_time("today at nine in the morning", NOW), NOW) is None


def test_bare_numbers_count_only_where_a_time_is_expected() -> None:
    assert find_time("three thirty", NOW).clock is None
    wish = find_time("three thirty", NOW, expected=True)
    assert (wish.clock, wish.ambiguous, wish.likely_clock()) == (time(3, 30), True, time(15, 30))


@pytest.mark.parametrize("text", ["the first one", "that one", "the other one works", "99 problems"])
def test_a_pronoun_is_no_clock_time(text: str) -> None:
    assert find_time(text, NOW, expected=True).clock is None


def test_days_that_do_not_suit_are_kept() -> None:
    wish = find_time("not Tuesday", NOW)
    assert not wish.allows(local("2026-11-24T15:00"))
    assert wish.allows(local("2026-11-25T15:00"))


def test_a_week_is_a_range_of_days() -> None:
    wish = find_time("next week", NOW)
    assert (wish.day, wish.day_end) == (date(2026, 11, 30), date(2026, 12, 6))
    assert wish.allows(local("2026-12-03T10:00"))
    assert not wish.allows(local("2026-12-07T10:00"))


def test_a_part_of_the_day_limits_it() -> None:
    wish = find_time("Thursday afternoon", NOW)
    assert wish.allows(local("2026-11-26T14:00"))
    assert not wish.allows(local("2026-11-26T09:00"))


@pytest.mark.parametrize(
    ("wish", "clocks"),
    [
        (TimeWish("", clock=time(8), ambiguous=True), (time(8), time(20))),
        (TimeWish("", clock=time(3), ambiguous=True), (time(15),)),
        (TimeWish("", clock=time(8), ambiguous=True, part="evening"), (time(20),)),
        (TimeWish("", clock=time(8), ambiguous=True, part="morning"), (time(8),)),
        (TimeWish("", clock=time(23)), ()),
        (NO_WISH, ()),
    ],
)
def test_clock_times_that_the_words_may_mean(wish: TimeWish, clocks: tuple[time, ...]) -> None:
    assert wish.clocks(time(8), time(20, 30)) == clocks


def test_what_is_said_later_completes_what_was_said_before() -> None:
    tuesday = TimeWish("", day=date(2026, 11, 24))
    at_eight = TimeWish("", clock=time(8), ambiguous=True)
    evening = TimeWish("", part="evening")
    both = tuesday.then(at_eight).then(evening)
    assert (both.day, both.likely_clock()) == (date(2026, 11, 24), time(20))
    assert both.then(NO_WISH) == both
    friday = both.then(TimeWish("", day=date(2026, 11, 27)))
    assert (friday.day, friday.clock, friday.part) == (date(2026, 11, 27), None, "evening")


def test_the_first_clock_time_counts() -> None:
    assert find_time("at two pm or at four pm", NOW).clock == time(14)


def test_now_is_no_wish() -> None:
    assert find_time("right now is fine, at the moment", NOW).empty
