"""Statutory clocks: what counts, what stands still, what is late."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandrail.casework import (
    Application,
    Casebook,
    Grounds,
    NotReadyError,
    Pair,
    People,
    State,
    StateError,
    Walk,
    doors,
)
from sandrail.casework.clocks import ClockState, Span, add_months, clocks_of, read_clock
from sandrail.casework.timers import onboarding_end, reapply_from
from sandrail.journal import Journal
from sandrail.rulebook import Deadline, Pack, add_working_days, load_pack, working_days_between
from sandrail.world import DAY_US, HOUR_US, parse_instant, start_of_day
from tests.casework.conftest import START_US, edited_pack, sha

PACK = load_pack("pakistan")
ZONE = PACK.utc_offset_minutes
WORKING = PACK.deadline("evaluation")
ASK = Grounds(("COMPLETE-1",))
NOTICE_DAYS = 30
"""How long before its end an instrument takes no new customers, in Pakistan's pack."""


def noon(day: date) -> int:
    return start_of_day(day, utc_offset_minutes=ZONE) + 12 * HOUR_US


def reading(deadline: Deadline, start: date, *, at: date, stops: Sequence[Span] = ()):  # type: ignore[no-untyped-def]
    return read_clock(deadline, PACK, span=Span(noon(start)), stops=stops, at_us=noon(at))


def test_a_clock_without_stops_falls_due_where_the_calendar_says() -> None:
    start = date(2026, 8, 10)
    read = reading(WORKING, start, at=start)
    due = add_working_days(PACK.calendar(), start, days=WORKING.length)
    assert read.due == due
    assert (read.used, read.late, read.state) == (0, False, ClockState.RUNNING)
    assert not reading(WORKING, start, at=due).late
    assert reading(WORKING, start, at=due + timedelta(days=1)).late
    assert due == date(2026, 9, 10), "counted by hand: 14 and 26 August are holidays"


def test_a_stopped_clock_stands_still_and_names_no_day() -> None:
    start = date(2026, 9, 1)
    stops = (Span(noon(date(2026, 9, 3))),)
    used = [
        reading(WORKING, start, at=start + timedelta(days=n), stops=stops).used for n in range(60)
    ]
    assert used[2:] == [2] * 58
    read = reading(WORKING, start, at=date(2026, 10, 30), stops=stops)
    assert (read.state, read.due, read.late) == (ClockState.STOPPED, None, False)


def test_the_day_of_the_question_counts_and_the_day_of_the_answer_does_not() -> None:
    start = date(2026, 9, 1)
    stops = (Span(noon(date(2026, 9, 3)), noon(date(2026, 9, 8))),)
    assert reading(WORKING, start, at=date(2026, 9, 3), stops=stops).used == 2
    assert reading(WORKING, start, at=date(2026, 9, 8), stops=stops).used == 2
    assert reading(WORKING, start, at=date(2026, 9, 9), stops=stops).used == 3


def test_a_late_clock_stays_late_when_it_is_stopped_afterwards() -> None:
    start = date(2026, 1, 1)
    stops = (Span(noon(date(2026, 6, 1))),)
    assert reading(WORKING, start, at=date(2026, 7, 1), stops=stops).late


@given(
    start=st.dates(date(2026, 1, 1), date(2026, 6, 30)),
    waits=st.lists(st.tuples(st.integers(0, 20), st.integers(0, 40)), max_size=4),
)
@settings(max_examples=200, deadline=None)
def test_no_clock_runs_while_it_is_stopped(start: date, waits: list[tuple[int, int]]) -> None:
    """The due day moves by exactly the working days on which the clock stood still."""
    stops = []
    day = start
    for gap, length in waits:
        asked = day + timedelta(days=gap)
        day = asked + timedelta(days=length)
        stops.append(Span(noon(asked), noon(day)))
        day += timedelta(days=1)
    at = day + timedelta(days=400)
    stopped = sorted(
        {
            asked + timedelta(days=n)
            for it in stops
            for asked in [start + timedelta(days=(it.start_us - noon(start)) // DAY_US)]
            for n in range(1, (it.end_us - it.start_us) // DAY_US + 1)  # type: ignore[operator]
        }
    )
    left, expected = WORKING.length, start
    while left:
        expected += timedelta(days=1)
        left -= PACK.calendar().is_working_day(expected) and expected not in stopped
    assert reading(WORKING, start, at=at, stops=stops).due == expected
    for it in stops:
        before = read_clock(WORKING, PACK, span=Span(noon(start)), stops=stops, at_us=it.start_us)
        after = read_clock(WORKING, PACK, span=Span(noon(start)), stops=stops, at_us=it.end_us or 0)
        assert after.used == before.used


@given(start=st.dates(date(2026, 1, 1), date(2027, 6, 30)), days=st.integers(0, 200))
@settings(max_examples=200, deadline=None)
def test_used_time_is_the_rulebooks_count_of_working_days(start: date, days: int) -> None:
    at = start + timedelta(days=days)
    assert reading(WORKING, start, at=at).used == working_days_between(
        PACK.calendar(), start, end=at
    )


def test_months_end_on_the_same_day_or_the_last_one() -> None:
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2026, 11, 15), 3) == date(2027, 2, 15)
    assert add_months(date(2026, 3, 31), -1) == date(2026, 2, 28)
    months = PACK.deadline("licence_application")
    read = reading(months, date(2026, 11, 30), at=date(2027, 2, 27))
    assert (read.due, read.used) == (date(2027, 2, 28), 2)


def test_hours_are_counted_to_the_microsecond() -> None:
    hours = PACK.deadline("incident_first_notice")
    start = noon(date(2026, 9, 1))
    stop = (Span(start + HOUR_US, start + 3 * HOUR_US),)
    edge = start + (hours.length + 2) * HOUR_US
    assert not read_clock(hours, PACK, span=Span(start), stops=stop, at_us=edge).late
    assert read_clock(hours, PACK, span=Span(start), stops=stop, at_us=edge + 1).late


def test_a_request_for_information_stops_the_evaluation_and_the_answer_resumes_it(
    walk: Walk, application: Application, people: People, pack: Pack
) -> None:
    case = walk.file(application)
    officer = people["pvara:c.officer"]
    at_us = walk.now_us + DAY_US
    walk.book.ask(case.id, ["Who audits the reserve?"], by=officer, grounds=ASK, at_us=at_us)
    clocks = {
        it.id: it
        for it in clocks_of(walk.book.docket.case(case.id), pack, at_us=at_us + 20 * DAY_US)
    }
    assert clocks["evaluation"].state is ClockState.STOPPED
    assert clocks["information"].state is ClockState.RUNNING
    assert clocks["completeness"].state is ClockState.ENDED
    signatory = people["mehran:g.mehrani"]
    walk.book.answer(case.id, "A firm in Lahore.", by=signatory, at_us=at_us + 20 * DAY_US)
    after = walk.book.docket.case(case.id)
    assert after.state is State.EVALUATION
    clocks = {it.id: it for it in clocks_of(after, pack, at_us=at_us + 21 * DAY_US)}
    assert clocks["evaluation"].state is ClockState.RUNNING
    assert clocks["evaluation"].used <= 3


def test_an_unanswered_request_lapses_the_application_by_itself(
    walk: Walk, application: Application, people: People
) -> None:
    case = walk.file(application)
    officer, signatory = people["pvara:c.officer"], people["mehran:g.mehrani"]
    asked = walk.now_us
    walk.book.ask(case.id, ["Who audits?"], by=officer, grounds=ASK, at_us=asked)
    assert walk.book.tick(at_us=asked + 30 * DAY_US) == []
    late = asked + 31 * DAY_US
    with pytest.raises(StateError) as caught:
        walk.book.answer(case.id, "Too late.", by=signatory, at_us=late)
    assert caught.value.stable_code == "casework.too_late"
    assert [it.state for it in walk.book.tick(at_us=late)] == [State.LAPSED]
    assert walk.book.tick(at_us=late + DAY_US) == []


@pytest.mark.parametrize("days", [NOTICE_DAYS, 45])
def test_expiry_ends_onboarding_first_then_transfers_and_never_redemptions(
    application: Application, people: People, grounds: Grounds, tmp_path: Path, days: int
) -> None:
    """The length is the pack's: with another number there the door shuts on another day."""
    title = 'اجازت ختم ہونے سے پہلے نئے صارفین بند" }\nlength = '
    change = {"procedure.toml": (f"{title}{NOTICE_DAYS}", f"{title}{days}")}
    pack = edited_pack(tmp_path, changes=change)
    walk = Walk(Casebook.open(Journal.in_memory("expiry"), pack), people, START_US)
    permission = walk.grant(
        walk.approve(application, grounds=grounds), products=("art",), grounds=grounds
    )
    walk.go_live(permission.id, grounds=grounds)
    live = walk.book.docket.instrument(permission.id)
    end, stop = permission.valid_to_us, onboarding_end(pack, permission.valid_to_us)
    assert end - (days + 1) * DAY_US < stop <= end - (days - 1) * DAY_US
    for at_us, onboarding, transfers in (
        (stop - 1, True, True),
        (stop, False, True),
        (end - 1, False, True),
        (end, False, False),
    ):
        open_ = doors(live, at_us)
        assert (open_.onboarding, open_.transfers, open_.redemptions) == (
            onboarding,
            transfers,
            True,
        )
    assert walk.book.tick(at_us=stop - 1) == []
    (stopped,) = walk.book.tick(at_us=stop)
    assert stopped.state is State.LIVE
    (expired,) = walk.book.tick(at_us=end)
    assert expired.state is State.EXPIRED
    assert [entry.act for entry in expired.history[-2:]] == ["onboarding_stopped", "expired"]
    assert walk.book.tick(at_us=end + DAY_US) == []


def test_one_late_tick_writes_both_steps_in_their_order(
    walk: Walk, application: Application, grounds: Grounds
) -> None:
    permission = walk.grant(
        walk.approve(application, grounds=grounds), products=("art",), grounds=grounds
    )
    walk.go_live(permission.id, grounds=grounds)
    walk.book.tick(at_us=permission.valid_to_us + 90 * DAY_US)
    history = walk.book.docket.instrument(permission.id).history
    assert [entry.act for entry in history[-2:]] == ["onboarding_stopped", "expired"]


def test_an_expired_instrument_is_neither_resumed_nor_widened(
    walk: Walk, application: Application, people: People, grounds: Grounds
) -> None:
    permission = walk.grant(
        walk.approve(application, grounds=grounds), products=("art",), grounds=grounds
    )
    walk.go_live(permission.id, grounds=grounds)
    watch = people["pvara:l.supervisor"]
    walk.book.suspend(permission.id, by=watch, grounds=Grounds(("BREACH-1",)), at_us=walk.now_us)
    pair = Pair(watch, people["pvara:h.head"])
    with pytest.raises(NotReadyError, match="has run out"):
        walk.book.resume(permission.id, by=pair, grounds=grounds, at_us=permission.valid_to_us)


def test_a_firm_reapplies_when_the_pack_says(
    walk: Walk, application: Application, tmp_path: Path
) -> None:
    refusal = Grounds(("AML-1",), (sha("minutes"),))
    case = walk.refuse(application, failed=("minimum_aml",), grounds=refusal)
    assert reapply_from(case, PACK) is None
    longer = edited_pack(
        tmp_path,
        changes={"procedure.toml": ('length = 0\nunit = "days"', 'length = 6\nunit = "months"')},
    )
    earliest = reapply_from(case, longer)
    refused = case.history[-1].at_us
    assert earliest is not None
    assert 180 * DAY_US < earliest - refused < 185 * DAY_US
    assert parse_instant("2027-03-01") < earliest


def test_an_appeal_comes_in_time_or_not_at_all(
    walk: Walk, application: Application, people: People
) -> None:
    refusal = Grounds(("AML-1",), (sha("minutes"),))
    case = walk.refuse(application, failed=("minimum_aml",), grounds=refusal)
    signatory = people["mehran:g.mehrani"]
    reason = Grounds(("APPEAL-1",))
    with pytest.raises(StateError, match="too late"):
        walk.book.appeal(case.id, by=signatory, grounds=reason, at_us=walk.now_us + 31 * DAY_US)
    appealed = walk.book.appeal(
        case.id, by=signatory, grounds=reason, at_us=walk.now_us + 30 * DAY_US
    )
    assert appealed.state is State.APPEALED
