"""What happens by itself: unanswered applications lapse, instruments run out, onboarding first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from sandrail.casework.case import Case, Instrument
from sandrail.casework.clocks import Span, add_months, clocks_of, read_clock
from sandrail.casework.docket import Docket
from sandrail.casework.entry import Entry, Grounds
from sandrail.casework.errors import StateError
from sandrail.casework.lifecycle import Act, State, transitions_from
from sandrail.rulebook import Pack, add_working_days
from sandrail.world import DAY_US, SYSTEM, Micros, date_of, iso, start_of_day

__all__ = ["consultation_due", "due_entries", "onboarding_end", "reapply_from", "require_in_time"]

ONBOARDING_NOTICE: Final = "onboarding_notice"
"""The pack's deadline that says how long before its end an instrument takes no new customers."""

_REAPPLY: Final = "reapply"
_LAPSES: Final = {State.RFI_OPEN: "information", State.IN_PRINCIPLE: "conditions_met"}
_REFUSALS: Final = (Act.REFUSED, Act.UPHELD)


def due_entries(docket: Docket, pack: Pack, *, at_us: int) -> Iterator[Entry]:
    """Yield the entries that are due at an instant and not written yet, in a fixed order.

    The docket must take each entry in before the next one is asked for only where both concern the
    same instrument; ``Casebook.tick`` does so.
    """
    for case in list(docket.cases.values()):
        clock = _LAPSES.get(case.state)
        if clock is None or at_us < case.last_us:
            continue
        if is_late(case, pack, clock=clock, at_us=at_us):
            yield _system_entry(case, Act.LAPSED, f"DEADLINE.{clock}", at_us=at_us)
    for instrument in list(docket.instruments.values()):
        if not transitions_from(instrument.state, Act.EXPIRED) or at_us < instrument.last_us:
            continue
        if at_us >= instrument.onboarding_to_us and not instrument.onboarding_stopped:
            yield _system_entry(
                instrument, Act.ONBOARDING_STOPPED, "DEADLINE.onboarding", at_us=at_us
            )
        if at_us >= instrument.permission.valid_to_us:
            yield _system_entry(instrument, Act.EXPIRED, "DEADLINE.expiry", at_us=at_us)


def onboarding_end(pack: Pack, valid_to_us: int) -> int:
    """Return when an instrument that runs to ``valid_to_us`` stops taking new customers.

    The pack's deadline ``onboarding_notice`` says how long before the end; without one, at the end.
    """
    notice = next((it for it in pack.deadlines if it.id == ONBOARDING_NOTICE), None)
    if notice is None:
        return valid_to_us
    zone = pack.utc_offset_minutes
    last = date_of(valid_to_us - 1, utc_offset_minutes=zone)
    months = {"months": 1, "years": 12}.get(notice.unit)
    if months is not None:
        day = add_months(last, -months * notice.length)
    else:
        day = last - timedelta(days=notice.length * (7 if notice.unit == "weeks" else 1))
    return min(valid_to_us, start_of_day(day, utc_offset_minutes=zone) + DAY_US)


def consultation_due(pack: Pack, at_us: int) -> Micros:
    """Return until when an agency that is asked at ``at_us`` may answer, by the pack's clock.

    Raises:
        UnknownEntryError: the pack has no deadline ``consultation``.
    """
    deadline = pack.deadline("consultation")
    asked = Span(at_us)
    reading = read_clock(deadline, pack, span=asked, stops=(), at_us=at_us)
    due = reading.due or date_of(at_us, utc_offset_minutes=pack.utc_offset_minutes)
    return start_of_day(due + timedelta(days=1), utc_offset_minutes=pack.utc_offset_minutes)


def is_late(subject: Case | Instrument, pack: Pack, *, clock: str, at_us: int) -> bool:
    """Tell whether the last clock of that id in a case has run past its end."""
    readings = [it for it in clocks_of(subject, pack, at_us=at_us) if it.id == clock]
    return bool(readings) and readings[-1].late


def require_in_time(case: Case | Instrument, pack: Pack, *, clock: str, at_us: int) -> None:
    """Refuse what comes after its clock has run out, whether or not that is on record yet.

    Raises:
        StateError: code ``casework.too_late``.
    """
    if is_late(case, pack, clock=clock, at_us=at_us):
        deadline = pack.deadline(clock)
        raise StateError(
            f"It is too late for that in {case.id}.",
            why=f"{deadline.title}: {deadline.length} {deadline.unit.replace('_', ' ')}, "
            f"which had passed at {iso(at_us)}.",
            fix=str(deadline.on_lapse or "Start again with a new application."),
            code="casework.too_late",
            clock=clock,
        )


def reapply_from(previous: Case, pack: Pack) -> Micros | None:
    """Return from when a firm may apply again after ``previous``; None for at once."""
    deadline = next((it for it in pack.deadlines if it.id == _REAPPLY), None)
    refused = [entry.at_us for entry in previous.history if entry.act in _REFUSALS]
    if deadline is None or not refused or deadline.length == 0:
        return None
    zone = pack.utc_offset_minutes
    day = date_of(refused[-1], utc_offset_minutes=zone)
    match deadline.unit:
        case "months" | "years":
            factor = 1 if deadline.unit == "months" else 12
            day = add_months(day, factor * deadline.length)
        case "working_days":
            calendar = pack.calendar(deadline.calendar)
            day = add_working_days(calendar, day, days=deadline.length)
        case unit:
            day += timedelta(days=deadline.length * (7 if unit == "weeks" else 1))
    return start_of_day(day, utc_offset_minutes=zone)


def _system_entry(subject: Case | Instrument, act: Act, reason: str, *, at_us: int) -> Entry:
    target = transitions_from(subject.state, act)[0].target
    return Entry(
        subject=subject.id,
        act=act,
        by=SYSTEM,
        at_us=at_us,
        source=subject.state,
        target=target,
        grounds=Grounds((reason,)),
    )
