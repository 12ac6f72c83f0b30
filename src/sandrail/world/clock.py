"""Time enters Sandrail here and nowhere else.

Every instant is an ``int``: microseconds since 1970-01-01T00:00:00Z. Text appears at the edge only.
"""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta, timezone
from typing import NewType, Protocol

from sandrail.world.errors import InputError

__all__ = [
    "DAY_US",
    "HOUR_US",
    "MINUTE_US",
    "SECOND_US",
    "Clock",
    "Micros",
    "RealClock",
    "TrialClock",
    "date_of",
    "iso",
    "parse_instant",
    "start_of_day",
]

Micros = NewType("Micros", int)

SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
HOUR_US = 60 * MINUTE_US
DAY_US = 24 * HOUR_US

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    """Says what time it is, in microseconds since the epoch."""

    def now_us(self) -> Micros:
        """Return the current instant; never smaller than the one returned before."""
        ...


class RealClock:
    """The machine's clock, made monotone: it never runs backwards within a process."""

    def __init__(self) -> None:
        self._last_us = 0

    def now_us(self) -> Micros:
        self._last_us = max(self._last_us, time.time_ns() // 1_000)
        return Micros(self._last_us)


class TrialClock:
    """The clock of a supervised trial: it stands still until it is moved."""

    def __init__(self, start_us: int) -> None:
        self._now_us = start_us

    def now_us(self) -> Micros:
        return Micros(self._now_us)

    def advance_to(self, at_us: int) -> None:
        """Move forward to ``at_us``; moving backwards is an error, standing still is not."""
        if at_us < self._now_us:
            raise InputError(
                "The trial clock cannot run backwards.",
                why=f"It shows {iso(self._now_us)} and was asked to show {iso(at_us)}.",
                fix="Advance to a later instant, or fork the trial at the earlier one.",
                code="world.clock_backwards",
            )
        self._now_us = at_us

    def advance_by(self, delta_us: int) -> None:
        """Move forward by ``delta_us`` microseconds."""
        self.advance_to(self._now_us + delta_us)


def iso(at_us: int) -> str:
    """Return the instant as ISO 8601 in UTC, with microseconds only when there are any."""
    moment = _EPOCH + timedelta(microseconds=at_us)
    return moment.isoformat().replace("+00:00", "Z")


def parse_instant(text: str) -> Micros:
    """Read an ISO 8601 instant or date (midnight UTC); the offset is mandatory for an instant."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(
            f"{text!r} is not a date or an instant.",
            why=str(error).capitalize() + ".",
            fix="Write 2026-03-01 or 2026-03-01T09:30:00+05:00.",
            code="world.bad_instant",
        ) from error
    if moment.tzinfo is None:
        if len(text) > len("2026-03-01"):
            raise InputError(
                f"The instant {text!r} has no time zone.",
                why="A time without a zone is ambiguous across a border.",
                fix=f"Write {text}+05:00 for Pakistan, or {text}Z for UTC.",
                code="world.bad_instant",
            )
        moment = moment.replace(tzinfo=UTC)
    return Micros((moment - _EPOCH) // timedelta(microseconds=1))


def date_of(at_us: int, *, utc_offset_minutes: int = 0) -> date:
    """Return the calendar date at ``at_us`` in a zone given by its offset from UTC."""
    zone = timezone(timedelta(minutes=utc_offset_minutes))
    return (_EPOCH + timedelta(microseconds=at_us)).astimezone(zone).date()


def start_of_day(day: date, *, utc_offset_minutes: int = 0) -> Micros:
    """Return the instant at which ``day`` begins in a zone given by its offset from UTC."""
    zone = timezone(timedelta(minutes=utc_offset_minutes))
    moment = datetime(day.year, day.month, day.day, tzinfo=zone)
    return Micros((moment - _EPOCH) // timedelta(microseconds=1))
