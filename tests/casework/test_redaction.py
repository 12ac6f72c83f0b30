"""Personal data leaves a case by law: the case is read and carried on, and every other one too."""

from __future__ import annotations

import json

import pytest

from sandrail.casework import (
    Act,
    Application,
    ApplicationError,
    BrokenCaseError,
    Casebook,
    Grounds,
    Pair,
    People,
    UnknownError,
    Walk,
    prove_not_rewritten,
    take_snapshot,
)
from sandrail.casework.limits import LAW_CHARS_MAX
from sandrail.journal import Draft, Journal
from sandrail.rulebook import Pack
from sandrail.world import Role
from tests.casework.conftest import sha

MET = Grounds(("MET-1",), (sha("minutes"),))
LAW = "Data Protection Act, order 7 of 2026"


@pytest.fixture
def pair(people: People) -> Pair:
    return Pair(people.first(Role.CASE_OFFICER), people.first(Role.HEAD))


@pytest.fixture
def held(walk: Walk, application: Application) -> str:
    case = walk.approve(application, grounds=MET)
    walk.grant(case, products=("art",), grounds=MET)
    return case.id


def redact_all(walk: Walk, case_id: str, pair: Pair) -> None:
    for entry in walk.book.docket.case(case_id).history:
        walk.book.redact(
            case_id, entry.seq, law=LAW, by=pair, grounds=Grounds(("MET-1",)), at_us=walk.now_us
        )


def test_the_people_are_gone_and_the_case_is_not(
    walk: Walk, held: str, pair: Pair, journal: Journal, pack: Pack, application: Application
) -> None:
    before = walk.book.docket.case(held)
    redact_all(walk, held, pair)
    told = b"".join(fact.payload for fact in journal.facts()).decode()
    gone = [
        *(owner.name for owner in application.firm.owners),
        *(owner.national_id for owner in application.firm.owners if owner.national_id),
        *(person.name for person in application.people),
        application.firm.contact_email,
    ]
    assert gone and not [text for text in gone if text in told]
    after = Casebook.open(journal, pack).docket.case(held)
    assert after.state is before.state
    assert after.application.perimeter.token == application.perimeter.token
    assert after.versions[0].content_hash == before.versions[0].content_hash
    assert after.versions[0].redacted_under == LAW
    whole = [it for it in after.history if it.act is not Act.REDACTED]
    assert {it.redacted_under for it in whole} == {LAW}
    assert [(it.act, it.by.id, it.target) for it in whole] == [
        (it.act, it.by.id, it.target) for it in before.history
    ]


def test_the_register_still_proves_itself(
    walk: Walk, held: str, pair: Pair, journal: Journal, pack: Pack
) -> None:
    snapshot = take_snapshot(journal, walk.book.docket, pack, at_us=walk.now_us)
    redact_all(walk, held, pair)
    assert prove_not_rewritten(snapshot, journal, pack) == ()


def test_a_gap_that_nothing_stands_in_for_withholds_its_own_case_only(
    walk: Walk, held: str, journal: Journal, pack: Pack, application: Application
) -> None:
    other = walk.file(application)
    first = walk.book.docket.case(held).history[0].seq
    journal.redact(first, at_us=walk.now_us, actor="pvara:h.head", reason=LAW)
    book = Casebook.open(journal, pack)
    assert book.docket.case(other.id).state == other.state
    with pytest.raises(UnknownError, match="order 7 of 2026") as withheld:
        book.docket.case(held)
    assert withheld.value.stable_code == "casework.case_withheld"
    assert book.docket.withheld[held].seq == first
    assert list(book.docket.instruments), "its instrument is told by itself"
    assert take_snapshot(journal, book.docket, pack, at_us=walk.now_us).entries
    third = Walk(book, walk.people, walk.now_us).file(application)
    assert third.id not in {held, other.id}, "no number is given twice"


def test_what_is_redacted_twice_or_unknown_is_refused(walk: Walk, held: str, pair: Pair) -> None:
    seq = walk.book.docket.case(held).history[0].seq
    redact_all(walk, held, pair)
    for wrong, kind in ((seq, ApplicationError), (10_000, UnknownError)):
        with pytest.raises(kind):
            walk.book.redact(held, wrong, law=LAW, by=pair, grounds=MET, at_us=walk.now_us)


def test_a_law_that_the_journal_would_not_record_is_refused_before_anything_is_written(
    walk: Walk, held: str, pair: Pair, journal: Journal
) -> None:
    seq, head = walk.book.docket.case(held).history[0].seq, journal.head
    with pytest.raises(ApplicationError):
        walk.book.redact(
            held, seq, law="x" * (LAW_CHARS_MAX + 1), by=pair, grounds=MET, at_us=walk.now_us
        )
    assert journal.head == head
    walk.book.redact(held, seq, law="x" * LAW_CHARS_MAX, by=pair, grounds=MET, at_us=walk.now_us)
    assert journal.fact(seq).is_redacted


def test_a_case_without_a_gap_is_still_refused_when_it_contradicts_itself(
    walk: Walk, held: str, journal: Journal, pack: Pack
) -> None:
    """Planted: forgiving a broken entry where no redaction explains it."""
    fact = next(fact for fact in journal.facts() if fact.kind == "casework.submitted")
    assert json.loads(fact.payload)["subject"] == held
    journal.commit([Draft(fact.kind, walk.now_us, fact.actor, fact.payload)])
    with pytest.raises(BrokenCaseError):
        Casebook.open(journal, pack)
