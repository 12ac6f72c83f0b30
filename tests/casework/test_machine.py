"""The whole machine under random people, acts and times.

``SANDRAIL_EXAMPLES`` sets how many worlds are tried; the default keeps the suite quick.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import cache

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sandrail.casework import (
    APPLICATION_MACHINE,
    INSTRUMENT_MACHINE,
    Act,
    Case,
    Casebook,
    Grounds,
    Instrument,
    Outcome,
    State,
    Verdict,
    Walk,
    clocks_of,
    doors,
    load_application,
    load_people,
)
from sandrail.casework.clocks import ClockState
from sandrail.casework.law import Law
from sandrail.casework.lifecycle import Need, Transition, transitions_from
from sandrail.journal import Draft, Journal
from sandrail.rulebook import load_pack
from sandrail.world import DAY_US, HOUR_US, Actor, EvidenceError, Role, SandrailError
from tests.casework.acts import COMMANDS, EVIDENCE, Call
from tests.casework.conftest import EXAMPLE, START_US

PACK = load_pack("pakistan")
APPLICATION = load_application(EXAMPLE / "application.toml")
PEOPLE = load_people(EXAMPLE / "people.toml")
EVERYBODY: tuple[Actor, ...] = tuple(actor for role in Role for actor in PEOPLE.with_role(role))
REASONS = {
    Act.ASKED: "COMPLETE-1",
    Act.REFUSED: "AML-1",
    Act.UPHELD: "APPEAL-1",
    Act.REMITTED: "APPEAL-2",
    Act.SET_ASIDE: "APPEAL-1",
    Act.NARROWED: "BREACH-1",
    Act.SUSPENDED: "BREACH-1",
    Act.REVOKED: "BREACH-1",
    Act.WIND_DOWN_ORDERED: "OUTCOME-1",
    Act.PROHIBITED_DEFERRED: "OUTCOME-1",
    Act.EXTENSION_DECLINED: "READY-1",
}
BY_SYSTEM = {Act.LAPSED, Act.ONBOARDING_STOPPED, Act.EXPIRED}
RARE = {
    Act.WITHDRAWN,
    Act.CONFLICT_DECLARED,
    Act.REJECTED,
    Act.ASKED,
    Act.SAVED,
    Act.REVOKED,
    Act.REDACTED,
}
REFUSED = FARTHEST = 7
"""How far a world may have come when it begins; the last one is a refusal."""

EXAMPLES = int(os.environ.get("SANDRAIL_EXAMPLES", "300"))


@cache
def begun(reached: int) -> tuple[tuple[Draft, ...], int]:
    """Return the facts of a case that has come some way, and the instant after the last of them."""
    journal = Journal.in_memory("begun")
    book = Casebook.open(journal, PACK)
    walk = Walk(book, PEOPLE, START_US)
    grounds = Grounds(("MET-1",), EVIDENCE)
    if reached == 0:
        book.start(APPLICATION, by=PEOPLE["mehran:p.rehmati"], at_us=START_US)
    elif reached == REFUSED:
        reasons = Grounds(("AML-1",), EVIDENCE)
        walk.refuse(APPLICATION, failed=("minimum_aml",), grounds=reasons)
    else:
        case = walk.file(APPLICATION)
        if reached > 1:
            walk.evaluate(case.id)
        if reached > 2:
            walk.consult(case.id)
            walk.vote(case.id, in_favour=True, grounds=grounds)
        if reached > 3:
            book.decide(
                case.id, Outcome.APPROVE, grounds=grounds, by=walk.deciders, at_us=walk.now_us
            )
        if reached > 4:
            permission = walk.grant(book.docket.case(case.id), products=("art",), grounds=grounds)
            if reached > 5:
                walk.go_live(permission.id, grounds=grounds)
    drafts = tuple(Draft(it.kind, it.at_us, it.actor, it.payload) for it in journal.facts())
    return drafts, walk.now_us


class Office(RuleBasedStateMachine):
    """An office in which anybody may try anything at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.journal = Journal.in_memory("office")
        self.book = Casebook.open(self.journal, PACK)
        self.now_us = START_US
        self.looked_at: dict[tuple[str, str], object] = {}

    @initialize(reached=st.integers(0, FARTHEST))
    def first_application(self, reached: int) -> None:
        """Begin with a case that has come some way, so that late states are tried as hard."""
        drafts, self.now_us = begun(reached)
        self.journal.commit(drafts)
        self.book = Casebook.open(self.journal, PACK)

    @rule()
    @precondition(lambda self: len(self.book.docket.cases) < 3)
    def open_case(self) -> None:
        preparer = PEOPLE["mehran:p.rehmati"]
        self.book.start(APPLICATION, by=preparer, at_us=self.now_us)

    @rule(hours=st.integers(1, 60))
    def time_passes(self, hours: int) -> None:
        self.now_us += hours * HOUR_US
        self.book.tick(at_us=self.now_us)

    @rule(days=st.integers(10, 50))
    def much_time_passes(self, days: int) -> None:
        self.now_us += days * DAY_US
        self.book.tick(at_us=self.now_us)

    @rule(data=st.data())
    def somebody_does_something_that_fits(self, data: st.DataObject) -> None:
        """The right roles, so that worlds get far; who exactly is left to chance."""
        for _ in range(8):
            subject = data.draw(st.sampled_from(self.subjects()))
            rows = [row for row in self.rows(subject) if row.act in COMMANDS]
            rows = [row for row in rows if row.act not in RARE or data.draw(st.integers(0, 9)) == 7]
            if rows:
                row = data.draw(st.sampled_from(rows))
                makers = self.in_roles(row.makers)
                checkers = self.in_roles(row.checkers) or makers
                self.attempt(
                    row.act,
                    subject,
                    data.draw(st.sampled_from(makers)),
                    data.draw(st.sampled_from(checkers)),
                    data.draw(st.integers(0, 20)),
                )

    @rule(
        data=st.data(),
        act=st.sampled_from(sorted(COMMANDS, key=str)),
        maker=st.sampled_from(EVERYBODY),
        checker=st.sampled_from(EVERYBODY),
        twist=st.integers(0, 20),
    )
    def anybody_tries_anything(
        self, data: st.DataObject, act: Act, maker: Actor, checker: Actor, twist: int
    ) -> None:
        subject = data.draw(st.sampled_from(self.subjects()))
        if act in {row.act for row in self.machine(subject)}:
            self.attempt(act, subject, maker, checker, twist)

    def attempt(
        self, act: Act, subject: Case | Instrument, maker: Actor, checker: Actor, twist: int
    ) -> None:
        """Do it; a refusal leaves no trace, and no command ever writes what the tables forbid."""
        self.now_us += 1
        grounds = Grounds((REASONS.get(act, "MET-1"),), EVIDENCE if twist % 13 else ())
        call = Call(self.book, subject, maker, checker, self.now_us, grounds, twist, APPLICATION)
        before, docket = self.journal.head, dict(self.book.docket.cases)
        try:
            COMMANDS[act](call)
        except EvidenceError:
            raise
        except SandrailError as error:
            assert error.why and error.fix
            assert self.journal.head == before
            assert dict(self.book.docket.cases) == docket
        else:
            assert self.journal.head.seq > before.seq

    def subjects(self) -> Sequence[Case | Instrument]:
        return [*self.book.docket.cases.values(), *self.book.docket.instruments.values()]

    def rows(self, subject: Case | Instrument) -> list[Transition]:
        return [row for row in self.machine(subject) if row.source is subject.state]

    def machine(self, subject: Case | Instrument) -> Sequence[Transition]:
        return APPLICATION_MACHINE if isinstance(subject, Case) else INSTRUMENT_MACHINE

    def in_roles(self, roles: Sequence[Role]) -> list[Actor]:
        return [actor for actor in EVERYBODY if actor.role in roles]

    def anew(self, what: str, *, daily: bool = False) -> Iterator[Case | Instrument]:
        """Yield what has changed since this was last asked: records are frozen, so that is all."""
        for subject in self.subjects():
            now = (subject.last_us, len(subject.history), self.now_us // DAY_US if daily else 0)
            if self.looked_at.get((what, subject.id)) != now:
                self.looked_at[what, subject.id] = now
                yield subject

    @invariant()
    def every_entry_follows_the_table(self) -> None:
        for subject in self.anew("entries"):
            state = State.NEW
            for entry in subject.history:
                assert entry.source is state
                (row,) = [
                    it for it in transitions_from(state, entry.act) if it.target is entry.target
                ]
                state = entry.target
                if row.checkers:
                    assert entry.checker is not None
                    assert entry.checker.id != entry.by.id
                if row.need is not Need.NOTHING:
                    assert entry.grounds is not None and entry.grounds.reasons
                if row.need is Need.REASON_AND_EVIDENCE:
                    assert entry.grounds is not None and entry.grounds.evidence
            assert state is subject.state

    @invariant()
    def no_instrument_without_two_people_a_reason_evidence_and_every_gate(self) -> None:
        for instrument in self.anew("instrument"):
            if isinstance(instrument, Case):
                continue
            created = instrument.history[0]
            assert created.checker is not None and created.checker.id != created.by.id
            assert created.grounds is not None
            assert created.grounds.reasons and created.grounds.evidence
            case = self.book.docket.case(instrument.application_id)
            for gate in Law.of(PACK, case.kind).gates:
                finding = case.confirmed(gate)
                assert finding is not None and finding.verdict is Verdict.MET
                assert finding.reviewer is not None
                assert finding.reviewer.id != finding.author.id
            assert {Act.APPROVED, Act.ISSUED} <= {entry.act for entry in case.history}

    @invariant()
    def whoever_has_a_conflict_takes_no_part_afterwards(self) -> None:
        for case in self.anew("conflict"):
            conflicted: set[str] = set()
            for entry in case.history:
                if entry.act is Act.CONFLICT_DECLARED:
                    conflicted.add(entry.by.id)
                else:
                    assert not conflicted & {person.id for person in entry.people}

    @invariant()
    def an_appeal_is_judged_by_others(self) -> None:
        for case in self.anew("appeal"):
            decided: set[str] = set()
            for entry in case.history:
                if entry.act in {Act.UPHELD, Act.REMITTED}:
                    assert not decided & {person.id for person in entry.people}
                if entry.act in {Act.APPROVED, Act.REFUSED, Act.VOTED, Act.SCORED}:
                    decided |= {person.id for person in entry.people}

    @invariant()
    def an_appeal_about_an_instrument_is_judged_by_others_and_undoes_one_step(self) -> None:
        for instrument in self.anew("instrument appeal"):
            if isinstance(instrument, Case):
                continue
            judges = {Act.UPHELD, Act.SET_ASIDE}
            earlier: set[str] = set()
            judged = []
            for entry in instrument.history:
                if entry.act not in judges:
                    earlier |= {person.id for person in entry.people}
                    continue
                judged.append(entry)
                assert not earlier & {person.id for person in entry.people}
                attacked = next(it for it in instrument.history if it.seq == entry.data["against"])
                if entry.source is not entry.target:
                    assert entry.act is Act.SET_ASIDE
                    assert (entry.source, entry.target) == (attacked.target, attacked.source)
            assert len(judged) == sum(1 for it in instrument.appeals if it.outcome)

    @invariant()
    def no_clock_runs_while_it_stands_still(self) -> None:
        for case in self.anew("clocks", daily=True):
            for read in clocks_of(case, PACK, at_us=self.now_us):
                stops = PACK.deadline(read.id).stops_for_information
                if stops and read.state is not ClockState.ENDED:
                    stopped = read.state is ClockState.STOPPED
                    assert stopped == (case.state is State.RFI_OPEN)

    @invariant()
    def the_way_out_is_always_open(self) -> None:
        for instrument in self.book.docket.instruments.values():
            open_ = doors(instrument, self.now_us)
            assert open_.redemptions
            if self.now_us >= instrument.permission.valid_to_us:
                assert not open_.onboarding and not open_.transfers

    def teardown(self) -> None:
        again = Casebook.open(self.journal, PACK)
        assert again.docket.cases == self.book.docket.cases
        assert again.docket.instruments == self.book.docket.instruments


TestOffice = Office.TestCase
TestOffice.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=30,
    report_multiple_bugs=False,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
