"""Appeals about an instrument: by the firm, in time, judged by others, undoing one step only."""

from __future__ import annotations

import pytest

from sandrail.casework import (
    Application,
    Casebook,
    ForbiddenError,
    Grounds,
    Instrument,
    NotReadyError,
    Outcome,
    Pair,
    People,
    State,
    StateError,
    Walk,
    doors,
    queue_for,
)
from sandrail.journal import Journal
from sandrail.rulebook import Condition, Pack
from sandrail.world import DAY_US, HOUR_US, Role
from tests.casework.conftest import sha

EVIDENCE = (sha("minutes of the meeting"),)
MET = Grounds(("MET-1",), EVIDENCE)
BREACH = Grounds(("BREACH-1",), EVIDENCE)
WRONG = Grounds(("APPEAL-1",), EVIDENCE)
RIGHT = Grounds(("APPEAL-2",), EVIDENCE)
LIMIT = "G05.transfer_max"
APPEAL_DAYS = 30
"""The time for an appeal in Pakistan's pack."""


@pytest.fixture
def live(walk: Walk, application: Application) -> str:
    case = walk.approve(application, grounds=MET)
    permission = walk.grant(case, products=("art",), grounds=MET)
    walk.go_live(permission.id, grounds=MET)
    return permission.id


@pytest.fixture
def watch(people: People) -> Pair:
    return Pair(people.first(Role.SUPERVISOR), people.first(Role.HEAD))


@pytest.fixture
def panel(people: People) -> Pair:
    return Pair(*people.with_role(Role.APPEAL_PANEL)[:2])


def later(walk: Walk, *, days: int = 0) -> int:
    walk.now_us += days * DAY_US + HOUR_US
    return walk.now_us


def decided(walk: Walk, live: str, what: str, watch: Pair) -> Instrument:
    """Suspend, narrow or revoke, and return the instrument."""
    book, at_us = walk.book, later(walk)
    match what:
        case "suspended":
            book.suspend(live, by=watch.maker, grounds=BREACH, at_us=at_us)
        case "narrowed":
            condition = Condition(LIMIT, "40000", "PKR", "notice 2")
            book.narrow(live, (condition,), by=watch, grounds=BREACH, at_us=at_us)
        case _:
            book.decide(live, Outcome.REVOKE, grounds=BREACH, by=walk.deciders, at_us=at_us)
    return book.docket.instrument(live)


def appealed(walk: Walk, live: str, people: People) -> Instrument:
    signatory = people.first(Role.FIRM_SIGNATORY)
    walk.book.appeal(live, by=signatory, grounds=Grounds(("APPEAL-1",)), at_us=later(walk))
    return walk.book.docket.instrument(live)


@pytest.mark.parametrize("what", ["suspended", "narrowed", "revoked"])
def test_a_decision_stands_until_the_panel_sets_it_aside(
    walk: Walk, live: str, people: People, watch: Pair, panel: Pair, what: str
) -> None:
    before = walk.book.docket.instrument(live)
    hit = decided(walk, live, what, watch)
    assert (hit.state, hit.permission) != (before.state, before.permission)
    waiting = appealed(walk, live, people)
    assert (waiting.state, waiting.permission) == (hit.state, hit.permission)
    assert doors(waiting, walk.now_us) == doors(hit, walk.now_us)
    walk.book.decide(live, Outcome.SET_ASIDE, grounds=WRONG, by=panel, at_us=later(walk))
    after = walk.book.docket.instrument(live)
    assert after.state is before.state
    assert set(after.permission.conditions) == set(before.permission.conditions)
    assert after.appeals[-1].outcome == "set_aside"


@pytest.mark.parametrize("what", ["suspended", "narrowed", "revoked"])
def test_a_decision_that_is_upheld_stays(
    walk: Walk, live: str, people: People, watch: Pair, panel: Pair, what: str
) -> None:
    hit = decided(walk, live, what, watch)
    appealed(walk, live, people)
    walk.book.decide(live, Outcome.UPHOLD, grounds=RIGHT, by=panel, at_us=later(walk))
    after = walk.book.docket.instrument(live)
    assert (after.state, after.permission) == (hit.state, hit.permission)
    with pytest.raises(StateError, match="nothing to appeal"):
        appealed(walk, live, people)


def test_what_happened_since_is_not_undone(
    walk: Walk, live: str, people: People, watch: Pair, panel: Pair
) -> None:
    decided(walk, live, "suspended", watch)
    appealed(walk, live, people)
    walk.book.resume(live, by=watch, grounds=MET, at_us=later(walk))
    walk.book.open_stage(live, "stage_2", by=watch, grounds=MET, at_us=later(walk))
    walk.book.decide(live, Outcome.SET_ASIDE, grounds=WRONG, by=panel, at_us=later(walk))
    after = walk.book.docket.instrument(live)
    assert (after.state, after.permission.stage) == (State.LIVE, "stage_2")


def test_an_appeal_has_its_time_and_comes_from_the_firm(
    walk: Walk, live: str, people: People, watch: Pair
) -> None:
    decided(walk, live, "suspended", watch)
    with pytest.raises(ForbiddenError):
        walk.book.appeal(live, by=watch.maker, grounds=BREACH, at_us=walk.now_us)
    walk.now_us += (APPEAL_DAYS + 1) * DAY_US
    with pytest.raises(StateError) as late:
        appealed(walk, live, people)
    assert late.value.stable_code == "casework.too_late"


def test_whoever_took_part_does_not_judge(
    walk: Walk, live: str, people: People, panel: Pair, watch: Pair
) -> None:
    """The same person in another role is still the same person."""
    decided(walk, live, "revoked", watch)
    appealed(walk, live, people)
    maker = walk.deciders.maker
    disguised = Pair(type(maker)(maker.id, maker.name, Role.APPEAL_PANEL, "pvara"), panel.checker)
    with pytest.raises(ForbiddenError) as refused:
        walk.book.decide(live, Outcome.UPHOLD, grounds=RIGHT, by=disguised, at_us=later(walk))
    assert refused.value.stable_code == "casework.same_person"


def test_an_open_appeal_keeps_the_instrument_from_being_closed(
    walk: Walk, live: str, people: People, watch: Pair, panel: Pair
) -> None:
    decided(walk, live, "revoked", watch)
    appealed(walk, live, people)
    with pytest.raises(NotReadyError) as open_:
        walk.book.end(live, by=watch, grounds=MET, at_us=later(walk))
    assert open_.value.stable_code == "casework.appeal_open"
    walk.book.decide(live, Outcome.UPHOLD, grounds=RIGHT, by=panel, at_us=later(walk))
    walk.book.end(live, by=watch, grounds=MET, at_us=later(walk))
    assert walk.book.docket.instrument(live).state is State.ENDED


def test_the_panel_sees_it_in_its_queue_while_it_is_open(
    walk: Walk, live: str, people: People, pack: Pack, watch: Pair, panel: Pair
) -> None:
    decided(walk, live, "suspended", watch)

    def waits() -> bool:
        items = queue_for(panel.maker, walk.book.docket, pack, at_us=walk.now_us)
        return live in [it.id for it in items]

    assert not waits()
    appealed(walk, live, people)
    assert waits()


def test_a_conflict_declared_in_the_application_holds_for_the_instrument(
    walk: Walk, application: Application, people: People
) -> None:
    case = walk.approve(application, grounds=MET)
    permission = walk.grant(case, products=("art",), grounds=MET)
    cousin = people.first(Role.SUPERVISOR)
    walk.book.declare_conflict(permission.id, "A cousin.", by=cousin, at_us=later(walk))
    with pytest.raises(ForbiddenError) as refused:
        walk.book.suspend(permission.id, by=cousin, grounds=BREACH, at_us=later(walk))
    assert refused.value.stable_code == "casework.conflict_of_interest"


def test_appeals_are_told_again_from_the_journal(
    walk: Walk, live: str, people: People, watch: Pair, panel: Pair, journal: Journal, pack: Pack
) -> None:
    for what in ("narrowed", "suspended", "revoked"):
        decided(walk, live, what, watch)
        appealed(walk, live, people)
        walk.book.decide(live, Outcome.SET_ASIDE, grounds=WRONG, by=panel, at_us=later(walk))
    again = Casebook.open(journal, pack)
    assert again.docket.instruments == walk.book.docket.instruments
    assert again.docket.instrument(live).state is State.LIVE
