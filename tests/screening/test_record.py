"""A book is its facts: rebuilt from the journal alone, and told apart from one that drifted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sandrail.journal import Journal, json_payload
from sandrail.screening import (
    Decision,
    GoodGuy,
    IdentityError,
    Index,
    IndexDamagedError,
    ScreeningBook,
    ScreeningList,
    read_record,
)
from sandrail.screening import book as book_file
from sandrail.screening import record as record_file
from sandrail.screening.synthetic import SyntheticPerson
from sandrail.world import DAY_US, SYSTEM, SandrailError, TrialClock
from tests.screening.test_book import ONE, REASON, TWO, customers, new_version

Patch = pytest.MonkeyPatch


@pytest.fixture
def lived(
    index: Index, un_list: ScreeningList, people: list[SyntheticPerson]
) -> tuple[ScreeningBook, Journal, TrialClock]:
    """A book that screened, ruled an entry out, and saw its lists change."""
    journal, clock = Journal.in_memory("screening"), TrialClock(1_000)
    book = ScreeningBook(index, journal=journal, clock=clock)
    results = book.screen_all(customers(people))
    by_name = next(r for r in results if r.decision is Decision.HIT)
    book.clear(by_name.party_no, by_name.matches[0], reason=REASON, by=ONE, confirmed_by=TWO,
               days=30)  # fmt: skip
    clock.advance_to(2_000)
    book.update_lists([new_version(un_list)])
    return book, journal, clock


def test_a_book_comes_back_from_its_journal_alone(
    lived: tuple[ScreeningBook, Journal, TrialClock],
    people: list[SyntheticPerson],
    monkeypatch: Patch,
) -> None:
    book, journal, clock = lived
    facts = journal.head.seq
    monkeypatch.setattr(
        book_file.Screener, "screen", lambda *_: pytest.fail("a restored verdict is not made again")
    )
    back = ScreeningBook.restore(book.index, journal, clock=clock, identities=customers(people))
    count = len(customers(people))
    assert back.results() == book.results()
    assert back.statuses(count).tolist() == book.statuses(count).tolist()
    assert [back.status_of(r.party_no) for r in book.results()] == [
        r.decision for r in book.results()
    ]
    assert journal.head.seq == facts, "looking writes nothing"
    back.check(journal)


def test_a_restored_book_goes_on(
    lived: tuple[ScreeningBook, Journal, TrialClock],
    un_list: ScreeningList,
    people: list[SyntheticPerson],
) -> None:
    book, journal, clock = lived
    nameless = ScreeningBook.restore(book.index, journal, clock=clock)
    with pytest.raises(IdentityError, match="does not know who"):
        nameless.update_lists([un_list])
    renamed = replace(customers(people)[0], name="Somebody Else")
    assert nameless.meet([renamed]) == [0], "a changed party is screened afresh"
    assert nameless.meet(customers(people)) == []
    here = book.update_lists([un_list])
    assert here.proposals
    again = ScreeningBook.restore(book.index, journal, clock=clock, identities=customers(people))
    again.check(journal)
    assert again.results() == book.results()


def test_other_lists_than_the_recorded_ones_are_refused(
    lived: tuple[ScreeningBook, Journal, TrialClock], index: Index
) -> None:
    with pytest.raises(IndexDamagedError, match="stood on lists"):
        ScreeningBook.restore(index, lived[1])


def test_a_verdict_changed_in_memory_is_found(
    lived: tuple[ScreeningBook, Journal, TrialClock],
) -> None:
    book, journal, _ = lived
    party = next(r for r in book.results() if r.decision is Decision.HIT)
    book._results[party.party_no] = replace(party, decision=Decision.CLEAR, matches=())
    with pytest.raises(IndexDamagedError, match=f"Party {party.party_no} "):
        book.check(journal)


@pytest.mark.parametrize("forgotten", [record_file.KIND_RESCREENED, record_file.KIND_CLEARED])
def test_a_rebuild_that_skips_a_kind_of_fact_is_found(
    lived: tuple[ScreeningBook, Journal, TrialClock], forgotten: str, monkeypatch: Patch
) -> None:
    book, journal, _ = lived
    real = record_file._apply

    def skips(record: object, kind: str, payload: object, *, at_us: int) -> None:
        if kind != forgotten:
            real(record, kind, payload, at_us=at_us)  # type: ignore[arg-type]

    monkeypatch.setattr(record_file, "_apply", skips)
    with pytest.raises(IndexDamagedError):
        book.check(journal)


CLEARANCE = GoodGuy(0, "v", "un", "1", "h", "another man", "a", "b", 1, 2, "mlro", "head")
VERDICT: dict[str, object] = {
    "party_no": 0, "party_version": "v", "list_version": "l", "decision": "CLEAR",
    "matches": [], "explanation": "",
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("decided", {}),
        ("decided", VERDICT | {"decision": "MAYBE"}),
        ("decided", VERDICT | {"matches": {}}),
        ("decided", VERDICT | {"matches": ["x"]}),
        ("cleared", {"party_no": 0}),
        ("cleared", CLEARANCE.as_dict() | {"party_no": "0"}),
        ("cleared", CLEARANCE.as_dict() | {"expires_us": None}),
        ("cleared", CLEARANCE.as_dict() | {"reason": 7}),
        ("cleared", CLEARANCE.as_dict() | {"more": 1}),
        ("rescreened", {"before": "l"}),
    ],
)
def test_a_foreign_fact_is_a_precise_error(kind: str, payload: dict[str, object]) -> None:
    journal = Journal.in_memory("screening")
    draft = book_file.Draft(
        kind=f"screening.{kind}",
        at_us=book_file.Micros(0),
        actor=SYSTEM.id,
        payload=json_payload(payload),
    )
    journal.commit([draft])
    with pytest.raises(IndexDamagedError, match="Fact 0"):
        read_record(journal)


def test_a_clearance_that_ended_rings_again(
    lived: tuple[ScreeningBook, Journal, TrialClock],
) -> None:
    book, journal, clock = lived
    assert book.lapse() == ()
    clock.advance_to(2_000 + 31 * DAY_US)
    (proposal,) = book.lapse()
    assert proposal.freezes
    assert proposal.after is Decision.HIT
    book.check(journal)
    assert book.lapse() == (), "once is enough"


def test_lists_that_could_not_be_recorded_are_not_in_force(
    lived: tuple[ScreeningBook, Journal, TrialClock],
    un_list: ScreeningList,
    monkeypatch: Patch,
) -> None:
    book, journal, _ = lived
    before = book.index.version

    def full(_: object) -> None:
        raise SandrailError("The disk is full.")

    monkeypatch.setattr(journal, "commit", full)
    with pytest.raises(SandrailError, match="disk is full"):
        book.update_lists([un_list])
    assert book.index.version == before
    monkeypatch.undo()
    book.check(journal)
