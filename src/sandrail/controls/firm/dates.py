"""When a period of the pack ends, as an instant: working days and months of the pack's own zone."""

from __future__ import annotations

from datetime import date, timedelta

from sandrail.controls.control import Setting
from sandrail.rulebook import Pack, Rule, add_months, add_working_days, due_day
from sandrail.world import date_of, start_of_day

__all__ = ["day_of", "deadline_us", "ends_us"]

_DAYS = {"days": 1, "weeks": 7}
_MONTHS = {"months": 1, "years": 12}


def day_of(pack: Pack, at_us: int) -> date:
    """Return the local day of an instant."""
    return date_of(at_us, utc_offset_minutes=pack.utc_offset_minutes)


def ends_us(setting: Setting, rule: Rule, from_us: int) -> int:
    """Return the first instant at which a period that began at ``from_us`` is over.

    Hours and minutes end to the microsecond; days, working days, months and years end with the
    local day. A pack without a calendar has no days off, which is the stricter reading.
    """
    length = rule.integer
    if rule.unit in ("seconds", "minutes", "hours"):
        return from_us + rule.duration_us
    start = day_of(setting.pack, from_us)
    if rule.unit in _MONTHS:
        return _end_of_day(setting.pack, add_months(start, months=length * _MONTHS[rule.unit]))
    if rule.unit == "working_days" and setting.pack.calendars:
        last = add_working_days(setting.pack.calendar(), start, days=length)
        return _end_of_day(setting.pack, last)
    return _end_of_day(setting.pack, start + timedelta(days=length * _DAYS.get(rule.unit, 1)))


def deadline_us(setting: Setting, event: str, from_us: int) -> int:
    """Return the end of the pack's clock that starts at an event; 0 where it has none."""
    for clock in setting.pack.deadlines:
        if clock.starts_at == event:
            due = due_day(setting.pack, clock.id, start=day_of(setting.pack, from_us))
            return _end_of_day(setting.pack, due.on)
    return 0


def _end_of_day(pack: Pack, last: date) -> int:
    return start_of_day(last + timedelta(days=1), utc_offset_minutes=pack.utc_offset_minutes)
