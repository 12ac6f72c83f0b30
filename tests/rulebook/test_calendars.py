"""Working days: forwards, backwards, over weekends, holidays, past the calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandrail.rulebook import (
    Calendar,
    CalendarError,
    Holiday,
    Status,
    Text,
    Weekday,
    add_months,
    add_working_days,
    due_day,
    load_pack,
    working_days_between,
)
from sandrail.rulebook.limits import WORKING_DAYS_MAX

from .makers import SOURCE

TITLE = Text((("", "A day"),))
MONDAY = date(2026, 11, 23)


def make_calendar(*holidays: date, weekend: tuple[Weekday, ...] = ()) -> Calendar:
    """Return a calendar of the year 2026 with these holidays."""
    return Calendar(
        id="c",
        title=TITLE,
        weekend=weekend or (Weekday.SATURDAY, Weekday.SUNDAY),
        covers_to=date(2026, 12, 31),
        source=SOURCE,
        status=Status.LAW,
        holidays=tuple(
            Holiday(day=day, title=TITLE, source=SOURCE, status=Status.LAW) for day in holidays
        ),
    )


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (MONDAY, 0, MONDAY),
        (MONDAY, 1, date(2026, 11, 24)),
        (MONDAY, 4, date(2026, 11, 27)),
        (MONDAY, 5, date(2026, 11, 30)),
        (date(2026, 11, 27), 1, date(2026, 11, 30)),
        (date(2026, 11, 28), 1, date(2026, 11, 30)),
        (date(2026, 11, 28), 0, date(2026, 11, 28)),
    ],
)
def test_a_period_ends_with_its_last_working_day(start: date, days: int, end: date) -> None:
    assert add_working_days(make_calendar(), start, days=days) == end


def test_a_holiday_moves_the_end_and_one_on_a_weekend_does_not() -> None:
    assert add_working_days(make_calendar(date(2026, 11, 24)), MONDAY, days=1) == date(2026, 11, 25)
    assert add_working_days(make_calendar(date(2026, 11, 28)), MONDAY, days=5) == date(2026, 11, 30)


def test_a_friday_weekend_is_as_good_as_any() -> None:
    calendar = make_calendar(weekend=(Weekday.FRIDAY, Weekday.SATURDAY))
    assert add_working_days(calendar, date(2026, 11, 26), days=1) == date(2026, 11, 29)


@given(
    start=st.dates(date(2026, 1, 1), date(2026, 6, 30)),
    length=st.integers(0, 200),
    closed=st.sets(st.dates(date(2026, 1, 1), date(2027, 6, 30)), max_size=20),
    weekend=st.sets(st.sampled_from(list(Weekday)), min_size=1, max_size=3),
)
def test_counting_by_weeks_equals_counting_day_by_day(
    start: date, length: int, closed: set[date], weekend: set[Weekday]
) -> None:
    calendar = make_calendar(*sorted(closed), weekend=tuple(sorted(weekend)))
    end = start + timedelta(days=length)
    one_by_one = sum(
        calendar.is_working_day(start + timedelta(days=step)) for step in range(1, length + 1)
    )
    assert working_days_between(calendar, start, end=end) == one_by_one
    assert working_days_between(calendar, end, end=start) == -one_by_one
    due = add_working_days(calendar, start, days=one_by_one)
    assert due <= end
    assert working_days_between(calendar, start, end=due) == one_by_one
    assert one_by_one == 0 or calendar.is_working_day(due)


@pytest.mark.parametrize("days", [-1, WORKING_DAYS_MAX + 1])
def test_a_period_has_a_sane_length(days: int) -> None:
    with pytest.raises(CalendarError):
        add_working_days(make_calendar(), MONDAY, days=days)


def test_the_end_of_the_calendar_is_an_error_not_a_crash() -> None:
    with pytest.raises(CalendarError):
        add_working_days(make_calendar(), date(9999, 12, 30), days=9)
    with pytest.raises(CalendarError):
        add_months(date(9999, 12, 1), months=1)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 1, 31), 12, date(2027, 1, 31)),
        (date(2026, 5, 15), 0, date(2026, 5, 15)),
    ],
)
def test_months_end_on_the_same_day_or_the_last_one(start: date, months: int, end: date) -> None:
    assert add_months(start, months=months) == end


def test_every_clock_of_the_packs_can_be_counted() -> None:
    for pack_id in ("pakistan", "uae", "eu"):
        pack = load_pack(pack_id)
        for clock in pack.deadlines:
            due = due_day(pack, clock.id, start=MONDAY)
            assert due.on >= MONDAY
            assert (due.on > MONDAY) == (clock.length > 0)


def test_a_clock_in_hours_ends_on_the_day_that_it_reaches() -> None:
    assert due_day(load_pack("pakistan"), "incident_first_notice", start=MONDAY).on == date(
        2026, 11, 24
    )


def test_a_deadline_past_the_entered_holidays_is_an_estimate() -> None:
    pack = load_pack("pakistan")
    assert due_day(pack, "completeness", start=date(2027, 1, 4)).certain
    assert not due_day(pack, "completeness", start=date(2027, 12, 20)).certain


def test_a_calendar_covers_its_last_day_and_no_later_one() -> None:
    calendar = make_calendar()
    assert calendar.covers(date(2026, 12, 31))
    assert not calendar.covers(date(2027, 1, 1))


@pytest.mark.parametrize(
    ("unit", "end"),
    [
        ("hours", date(2026, 11, 24)),
        ("days", date(2026, 11, 25)),
        ("weeks", date(2026, 12, 7)),
        ("months", date(2027, 1, 23)),
        ("years", date(2028, 11, 23)),
    ],
)
def test_two_of_each_unit(unit: str, end: date) -> None:
    pack = load_pack("example")
    clock = replace(pack.deadline("decision"), unit=unit, length=2)
    assert due_day(replace(pack, deadlines=(clock,)), "decision", start=MONDAY).on == end
