"""Statutory clocks of a case: what has started, what stands still, what is due and what is late.

No clock is stored. The pack says how long each one is, what starts it and whether it stops while
the firm owes information; the case's history says what happened. A day counts when the clock was
running at its first instant, so the day of the event never counts, the day on which a question is
sent does, and the day on which the answer comes does not.
"""

from __future__ import annotations

import calendar as gregorian
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from sandrail.casework.case import Case, Instrument
from sandrail.casework.lifecycle import APPEALABLE, Act
from sandrail.casework.limits import CLOCK_DAYS_MAX
from sandrail.rulebook import Deadline, Pack
from sandrail.world import DAY_US, HOUR_US, date_of, start_of_day

__all__ = ["ClockReading", "ClockState", "Span", "add_months", "clocks_of", "read_clock"]

_DAY = timedelta(days=1)
_END: Final = (Act.WITHDRAWN, Act.LAPSED)
_DECIDED: Final = (Act.APPROVED, Act.REFUSED, *_END)

_STARTS: Final = {
    "submitted": (Act.SUBMITTED,),
    "complete": (Act.COMPLETED, Act.REMITTED),
    "information_requested": (Act.ASKED,),
    "consulted": (Act.CONSULTED,),
    "committee_pack_ready": (Act.REFERRED,),
    "approved_in_principle": (Act.APPROVED,),
    "decided": (Act.REFUSED, *sorted(APPEALABLE)),
    "preparation_begun": (Act.INSTRUMENT_CREATED,),
    "suspended": (Act.SUSPENDED,),
}
"""The acts that are meant by the events at which a pack lets its clocks start."""

_ENDS: Final = {
    "completeness": (Act.COMPLETED, *_END),
    "information": (Act.ANSWERED, *_END),
    "evaluation": (Act.CONSULTED, Act.REFERRED, *_DECIDED),
    "consultation": (Act.REFERRED, *_DECIDED),
    "committee": _DECIDED,
    "conditions_met": (Act.ISSUED, *_END),
    "appeal": (Act.APPEALED,),
}
"""The acts that end the clocks of an application."""

_INSTRUMENT_ENDS: Final = {
    "preparation": (Act.STAGE_OPENED, Act.REVOKED, Act.EXPIRED),
    "appeal": (Act.APPEALED, Act.ENDED, *sorted(APPEALABLE)),
    "suspension_review": (
        Act.RESUMED,
        Act.REVOKED,
        Act.EXPIRED,
        Act.WIND_DOWN_ORDERED,
        Act.SET_ASIDE,
    ),
}


_RIGHTS: Final = frozenset({"appeal"})
"""Clocks of a right: when one runs out nobody is late, the right is over."""


class ClockState(StrEnum):
    """What a clock does."""

    RUNNING = "running"
    STOPPED = "stopped"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time; ``end_us`` is None while it lasts."""

    start_us: int
    end_us: int | None = None


@dataclass(frozen=True, slots=True)
class ClockReading:
    """A clock, read at an instant.

    Attributes:
        id: the pack's deadline.
        state: running, stopped or ended.
        started_us: when it started.
        ended_us: when it ended; None while it has not.
        used: how much of it is used up, in its unit; whole months for months.
        length: how long it is, in its unit.
        unit: the unit.
        due: last day of the period; None while it stands still.
        late: it ended, or stands now, after its last day.
        certain: the calendar knows the holidays up to the due day.
    """

    id: str
    state: ClockState
    started_us: int
    ended_us: int | None
    used: int
    length: int
    unit: str
    due: date | None
    late: bool
    certain: bool

    @property
    def left(self) -> int:
        """What is left of it, in its unit; negative when late."""
        return self.length - self.used

    @property
    def waits(self) -> bool:
        """Whether somebody has something to do before it runs out, or should have had."""
        return self.state is not ClockState.ENDED and not (self.late and self.id in _RIGHTS)


def clocks_of(subject: Case | Instrument, pack: Pack, *, at_us: int) -> tuple[ClockReading, ...]:
    """Read every clock that ever started in a case, in the order of their start."""
    readings = []
    for deadline, ends in _deadlines_for(subject, pack):
        starts = _STARTS.get(deadline.starts_at, ())
        for span in _spans(subject, starts, ends):
            if span.start_us <= at_us:
                stops = _stops(subject) if deadline.stops_for_information else ()
                readings.append(read_clock(deadline, pack, span=span, stops=stops, at_us=at_us))
    return tuple(sorted(readings, key=lambda it: (it.started_us, it.id)))


def read_clock(
    deadline: Deadline, pack: Pack, *, span: Span, stops: Sequence[Span], at_us: int
) -> ClockReading:
    """Read one clock at an instant.

    Args:
        deadline: how long it is, and in which days.
        pack: whose calendar and time zone count.
        span: from the act that started it to the one that ended it.
        stops: when it stood still; stretches in order, without overlap.
        at_us: when it is read; an ended clock is read at its end.
    """
    ended = span.end_us is not None and span.end_us <= at_us
    at = span.end_us if span.end_us is not None and ended else at_us
    stopped = any(it.start_us <= at and (it.end_us is None or at < it.end_us) for it in stops)
    if deadline.unit == "hours":
        return _read_hours(deadline, pack, span=span, stops=stops, at_us=at, ended=ended)
    zone = pack.utc_offset_minutes
    due = _due(deadline, pack, span=span, stops=stops)
    today = date_of(at, utc_offset_minutes=zone)
    known = due if due is None or not stopped or due < today else None
    return ClockReading(
        id=deadline.id,
        state=_state(ended, stopped),
        started_us=span.start_us,
        ended_us=span.end_us if ended else None,
        used=_used(deadline, pack, span=span, stops=stops, until=today),
        length=deadline.length,
        unit=deadline.unit,
        due=known,
        late=due is not None and due < today,
        certain=known is None or _certain(deadline, pack, known),
    )


def add_months(day: date, months: int) -> date:
    """Return the same day some months later, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = gregorian.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def _state(ended: bool, stopped: bool) -> ClockState:
    if ended:
        return ClockState.ENDED
    return ClockState.STOPPED if stopped else ClockState.RUNNING


def _deadlines_for(
    subject: Case | Instrument, pack: Pack
) -> Iterator[tuple[Deadline, tuple[Act, ...]]]:
    """Yield the clocks that a case or an instrument runs under, with the acts that end them."""
    known = {deadline.id: deadline for deadline in pack.deadlines}
    ends = dict(_ENDS if isinstance(subject, Case) else _INSTRUMENT_ENDS)
    if isinstance(subject, Case):
        own = {kind.decision for kind in pack.instruments if kind.id == subject.kind.value}
        ends |= {deadline_id: _DECIDED for deadline_id in own if deadline_id not in ends}
    for deadline_id, acts in ends.items():
        if deadline_id in known:
            yield known[deadline_id], acts


def _spans(
    subject: Case | Instrument, starts: tuple[Act, ...], ends: tuple[Act, ...]
) -> Iterator[Span]:
    start: int | None = None
    for entry in subject.history:
        if start is None and entry.act in starts:
            start = entry.at_us
        elif start is not None and entry.act in ends:
            yield Span(start, entry.at_us)
            start = entry.at_us if entry.act in starts else None
    if start is not None:
        yield Span(start)


def _stops(subject: Case | Instrument) -> tuple[Span, ...]:
    if isinstance(subject, Instrument):
        return ()
    closed = subject.last_us if subject.history[-1].act in _END else None
    return tuple(Span(it.asked_us, it.answered_us or closed) for it in subject.questions)


def _counted_days(
    deadline: Deadline, pack: Pack, *, span: Span, stops: Sequence[Span]
) -> Iterator[tuple[date, bool]]:
    """Yield the days after the start, and whether each counts; an open stop ends them."""
    zone = pack.utc_offset_minutes
    in_days = deadline.unit == "working_days"
    works = pack.calendar(deadline.calendar).working_days() if in_days else None
    day = date_of(span.start_us, utc_offset_minutes=zone)
    first: int = start_of_day(day, utc_offset_minutes=zone)
    for _ in range(CLOCK_DAYS_MAX):
        day += _DAY
        first += DAY_US
        stop = next((it for it in stops if it.start_us < first and _open_at(it, first)), None)
        if stop is not None and stop.end_us is None:
            return
        yield day, stop is None and (works is None or works(day))


def _open_at(stop: Span, instant: int) -> bool:
    return stop.end_us is None or instant <= stop.end_us


def _due(deadline: Deadline, pack: Pack, *, span: Span, stops: Sequence[Span]) -> date | None:
    """Return the last day of the period; None when an open stop comes before it."""
    start = date_of(span.start_us, utc_offset_minutes=pack.utc_offset_minutes)
    wanted = _length_days(deadline, start)
    if wanted == 0:
        return start
    for day, counts in _counted_days(deadline, pack, span=span, stops=stops):
        wanted -= counts
        if wanted == 0:
            return day
    return None


def _length_days(deadline: Deadline, start: date) -> int:
    match deadline.unit:
        case "working_days" | "days":
            return deadline.length
        case "weeks":
            return 7 * deadline.length
        case "months":
            return (add_months(start, deadline.length) - start).days
        case _:
            return (add_months(start, 12 * deadline.length) - start).days


def _used(deadline: Deadline, pack: Pack, *, span: Span, stops: Sequence[Span], until: date) -> int:
    days = 0
    for day, counts in _counted_days(deadline, pack, span=span, stops=stops):
        if day > until:
            break
        days += counts
    start = date_of(span.start_us, utc_offset_minutes=pack.utc_offset_minutes)
    match deadline.unit:
        case "working_days" | "days":
            return days
        case "weeks":
            return days // 7
        case unit:
            months = 0
            while add_months(start, months + 1) <= start + days * _DAY:
                months += 1
            return months if unit == "months" else months // 12


def _read_hours(
    deadline: Deadline, pack: Pack, *, span: Span, stops: Sequence[Span], at_us: int, ended: bool
) -> ClockReading:
    still = sum(
        max(0, min(at_us, it.end_us if it.end_us is not None else at_us) - it.start_us)
        for it in stops
    )
    used_us = at_us - span.start_us - still
    stopped = any(it.start_us <= at_us and (it.end_us is None or at_us < it.end_us) for it in stops)
    due_us = span.start_us + still + deadline.length * HOUR_US
    return ClockReading(
        id=deadline.id,
        state=_state(ended, stopped),
        started_us=span.start_us,
        ended_us=span.end_us if ended else None,
        used=used_us // HOUR_US,
        length=deadline.length,
        unit=deadline.unit,
        due=None if stopped else date_of(due_us, utc_offset_minutes=pack.utc_offset_minutes),
        late=used_us > deadline.length * HOUR_US,
        certain=True,
    )


def _certain(deadline: Deadline, pack: Pack, due: date) -> bool:
    return deadline.unit != "working_days" or pack.calendar(deadline.calendar).covers(due)
