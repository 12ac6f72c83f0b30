"""When a statutory clock ends, counted from the day of its event and without any stop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sandrail.rulebook.calendars import add_months, add_working_days
from sandrail.rulebook.errors import CalendarError
from sandrail.rulebook.pack import Pack
from sandrail.rulebook.units import DURATIONS_US
from sandrail.world import DAY_US

__all__ = ["DueDay", "due_day"]

_MONTHS_PER_YEAR = 12
_DAYS = {"days": 1, "weeks": 7}


@dataclass(frozen=True, slots=True)
class DueDay:
    """The last day on which something is in time.

    Attributes:
        on: the day.
        certain: the calendar's holidays are entered up to that day.
    """

    on: date
    certain: bool


def due_day(pack: Pack, deadline_id: str, *, start: date) -> DueDay:
    """Return the last day of a clock that begins on ``start``; a part of a day counts whole.

    Raises:
        UnknownEntryError: the pack has no such clock or calendar.
        CalendarError: the period cannot be counted.
    """
    clock = pack.deadline(deadline_id)
    if clock.unit == "working_days":
        calendar = pack.calendar(clock.calendar)
        on = add_working_days(calendar, start, days=clock.length)
        return DueDay(on, calendar.covers(on))
    if clock.unit in _DAYS:
        return DueDay(_later(start, clock.length * _DAYS[clock.unit]), True)
    if clock.unit in DURATIONS_US:
        return DueDay(_later(start, -(-clock.length * DURATIONS_US[clock.unit] // DAY_US)), True)
    months = clock.length * (_MONTHS_PER_YEAR if clock.unit == "years" else 1)
    return DueDay(add_months(start, months=months), True)


def _later(start: date, days: int) -> date:
    try:
        return start + timedelta(days=days)
    except OverflowError as error:
        raise CalendarError(
            f"The period from {start.isoformat()} runs past the last calendar year.",
            why=f"It has {days} days.",
            fix="Correct the day on which it begins.",
        ) from error
