"""Working days of a pack: which days count, and where a deadline falls.

A deadline of *n* working days ends with the n-th working day after the day on which it began. The
day of the event itself never counts. Stopping the clock belongs to casework.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import MAXYEAR, MINYEAR, date, timedelta
from enum import StrEnum

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from sandrail.rulebook.errors import CalendarError
from sandrail.rulebook.limits import WORKING_DAYS_MAX
from sandrail.rulebook.sources import Sourced
from sandrail.rulebook.texts import LocalText
from sandrail.rulebook.vocabulary import Status

__all__ = [
    "Calendar",
    "Holiday",
    "Weekday",
    "add_months",
    "add_working_days",
    "working_days_between",
]

_DAY = timedelta(days=1)
_MONTHS = 12


class Weekday(StrEnum):
    """Days of the week, Monday first, as the calendar of the standard library counts them."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


_WEEK = tuple(Weekday)


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Holiday:
    """A day on which offices are closed.

    Attributes:
        day: the date.
        title: its name.
        depends_on_moon: the date is an expectation until the moon is sighted.
    """

    day: date
    title: LocalText
    source: Sourced
    status: Status
    depends_on_moon: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Calendar:
    """The working days of an authority.

    Attributes:
        id: ``federal``.
        title: whose days these are.
        weekend: days of the week that never count.
        covers_to: the last day for which holidays are entered; later deadlines are estimates.
        holidays: the days on which offices are closed.
    """

    id: str
    title: LocalText
    weekend: tuple[Weekday, ...]
    covers_to: date
    source: Sourced
    status: Status
    holidays: tuple[Holiday, ...] = ()

    def is_working_day(self, day: date) -> bool:
        """Tell whether offices are open on ``day``."""
        return self.working_days()(day)

    def working_days(self) -> Callable[[date], bool]:
        """Return the test for working days, for those who count many of them."""
        closed = _closed_days(self)
        working = _working_weekdays(self)
        return lambda day: day.weekday() in working and day not in closed

    def covers(self, day: date) -> bool:
        """Tell whether the holidays up to ``day`` are entered, so that a deadline is certain."""
        return day <= self.covers_to


def add_working_days(calendar: Calendar, start: date, *, days: int) -> date:
    """Return the last day of a period of ``days`` working days that begins on ``start``.

    Zero days return ``start`` itself, whether it is a working day or not.

    Raises:
        CalendarError: the number is negative or larger than the rulebook counts, or the period
            runs past the end of the calendar of the standard library.
    """
    if not 0 <= days <= WORKING_DAYS_MAX:
        raise CalendarError(
            f"A period cannot last {days} working days.",
            why=f"Periods have 0 to {WORKING_DAYS_MAX} working days.",
            fix="Count forwards from the event that starts the clock.",
        )
    counts = calendar.working_days()
    day = start
    try:
        while days:
            day += _DAY
            days -= counts(day)
    except OverflowError as error:
        raise CalendarError(
            f"The period from {start.isoformat()} runs past the last calendar year.",
            why=str(error) + ".",
            fix="Correct the day on which it begins.",
        ) from error
    return day


def working_days_between(calendar: Calendar, start: date, *, end: date) -> int:
    """Return how many working days lie after ``start`` up to and including ``end``.

    It is the inverse of ``add_working_days``; the other way round it is negative.
    """
    if end < start:
        return -working_days_between(calendar, end, end=start)
    closed = _closed_days(calendar)
    working = _working_weekdays(calendar)
    weeks, rest = divmod((end - start).days, len(_WEEK))
    count = weeks * len(working)
    count += sum((start + _DAY * step).weekday() in working for step in range(1, rest + 1))
    return count - sum(start < day <= end and day.weekday() in working for day in closed)


def _closed_days(calendar: Calendar) -> frozenset[date]:
    return frozenset(holiday.day for holiday in calendar.holidays)


def _working_weekdays(calendar: Calendar) -> frozenset[int]:
    return frozenset(
        number for number, weekday in enumerate(_WEEK) if weekday not in calendar.weekend
    )


def add_months(start: date, *, months: int) -> date:
    """Return the day ``months`` later; where that month is too short, its last day."""
    years, month = divmod(start.year * _MONTHS + start.month - 1 + months, _MONTHS)
    if not MINYEAR <= years <= MAXYEAR:
        raise CalendarError(
            f"The period from {start.isoformat()} runs past the last calendar year.",
            why=f"It has {months} months.",
            fix="Correct the day on which it begins.",
        )
    last = monthrange(years, month + 1)[1]
    return date(years, month + 1, min(start.day, last))
