"""Remembered, rescreened by delta, frozen and unfrozen; two people to rule an entry out."""

from dataclasses import replace

import pytest

from sandrail.journal import Journal
from sandrail.screening import (
    Decision,
    FourEyesError,
    IdentityError,
    Index,
    ListedName,
    PartialDate,
    PartyIdentity,
    ScreeningBook,
    ScreeningList,
    identity_from,
    recorded_decisions,
)
from sandrail.screening import book as book_file
from sandrail.screening.synthetic import SyntheticPerson, synthetic_people
from sandrail.world import DAY_US, HOUR_US, Actor, Role, Seed, TrialClock

ONE = Actor("pvara:one", "Officer One", Role.AML_SPECIALIST, "pvara")
TWO = Actor("pvara:two", "Officer Two", Role.SUPERVISOR, "pvara")
REASON = "Another date of birth and another father; passport seen on 3 March."


def customers(people: list[SyntheticPerson]) -> list[PartyIdentity]:
    """Some who are listed, and many who are not."""
    strangers = synthetic_people(Seed(99), count=120)
    mixed = people[:20] + strangers
    return [
        identity_from({"name": p.name, "dob": p.dob, "father_name": p.father}, party_no=i)
        for i, p in enumerate(mixed)
    ]


def test_decisions_are_facts_and_survive(index: Index, people: list[SyntheticPerson]) -> None:
    journal = Journal.in_memory("screening")
    book = ScreeningBook(index, journal=journal)
    results = book.screen_all(customers(people))
    again = book.screen_all(customers(people))
    assert again == results
    assert journal.head.seq == len(results) - 1, "the same verdict is not written twice"
    recorded = recorded_decisions(journal)
    assert recorded == {r.party_no: r.decision.name for r in results}
    assert [book.status_of(i) for i in range(20)] == [Decision.HIT] * 20
    assert all(r.list_version == index.version for r in results)


def test_a_party_is_matched_once(
    index: Index, people: list[SyntheticPerson], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []
    real = book_file.Screener.screen
    monkeypatch.setattr(
        book_file.Screener, "screen", lambda self, p: calls.append(p) or real(self, p)
    )
    book = ScreeningBook(index)
    party = PartyIdentity(0, people[0].name)
    book.screen(party)
    book.screen(party)
    book.screen(replace(party, party_no=5))
    assert len(calls) == 1
    book.screen(replace(party, father_name="Zahid"))
    assert len(calls) == 2


def new_version(un_list: ScreeningList) -> ScreeningList:
    """Delist three, list three of our customers, correct one."""
    strangers = synthetic_people(Seed(99), count=120)
    template = un_list.entries[0]
    listed = [
        replace(
            template,
            id=f"new-{i}",
            names=(ListedName(p.name), ListedName(p.script)),
            dobs=(PartialDate(*(int(x) for x in p.dob.split("-"))),),
            father_names=(p.father,),
            identifiers=(),
        )
        for i, p in enumerate(strangers[40:43])
    ]
    entries = list(un_list.entries)
    entries[10] = replace(entries[10], names=(ListedName("Qorban Teymuri Shorkandi"),), dobs=())
    return replace(un_list, sha256="e" * 64, entries=(*entries[:5], *entries[8:], *listed))


def test_a_delta_rescreen_equals_screening_everybody(
    index: Index, un_list: ScreeningList, people: list[SyntheticPerson]
) -> None:
    later = new_version(un_list)
    by_delta = ScreeningBook(index)
    by_delta.screen_all(customers(people))
    report = by_delta.update_lists([later])
    fresh = ScreeningBook(index.updated([later])[0])
    fresh.screen_all(customers(people))
    count = len(customers(people))
    assert by_delta.statuses(count).tolist() == fresh.statuses(count).tolist()
    assert report.looked_at < count
    freezes = {p.party_no for p in report.proposals if p.freezes}
    loosened = {p.party_no for p in report.proposals if not p.freezes}
    assert freezes >= {60, 61, 62}
    assert loosened >= {5, 6, 7}
    assert all(r.list_version == by_delta.index.version for r in by_delta.results())


def test_a_deaf_party_index_is_caught(
    index: Index,
    un_list: ScreeningList,
    people: list[SyntheticPerson],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The planted fault: new entries are never taken to the book."""
    monkeypatch.setattr(book_file.PartyIndex, "resembling", lambda self, entry: set())
    with pytest.raises(AssertionError):
        test_a_delta_rescreen_equals_screening_everybody(index, un_list, people)


def test_bytes_change_only_after_the_fact_is_durable(
    index: Index, un_list: ScreeningList, people: list[SyntheticPerson]
) -> None:
    """A transfer that reads while the update runs sees the old bytes, all of them."""
    journal = Journal.in_memory("race")
    book = ScreeningBook(index, journal=journal)
    book.screen_all(customers(people))
    before = book.statuses(140).tolist()
    seen: list[list[int]] = []
    commit = journal.commit

    def slow_commit(drafts: object) -> object:
        seen.append(book.statuses(140).tolist())
        return commit(drafts)  # type: ignore[arg-type]

    journal.commit = slow_commit  # type: ignore[method-assign,assignment]
    book.update_lists([new_version(un_list)])
    assert seen == [before]
    assert book.statuses(140).tolist() != before
    kinds = [fact.kind for fact in journal.facts()]
    assert kinds.count("screening.rescreened") == 1


def test_two_people_rule_out_an_entry_until_it_expires(
    index: Index, people: list[SyntheticPerson]
) -> None:
    clock = TrialClock(0)
    journal = Journal.in_memory("good")
    book = ScreeningBook(index, clock=clock, journal=journal)
    party = PartyIdentity(0, people[2].name)
    found = book.screen(party)
    assert found.decision is Decision.REVIEW
    with pytest.raises(FourEyesError):
        book.clear(0, found.matches[0], reason=REASON, by=ONE, confirmed_by=ONE, days=90)
    with pytest.raises(IdentityError, match="too short"):
        book.clear(0, found.matches[0], reason="ok", by=ONE, confirmed_by=TWO, days=90)
    with pytest.raises(IdentityError, match="not possible"):
        book.clear(0, found.matches[0], reason=REASON, by=ONE, confirmed_by=TWO, days=4000)
    for match in found.matches:
        book.clear(0, match, reason=REASON, by=ONE, confirmed_by=TWO, days=90)
    assert book.screen(party).decision is Decision.CLEAR
    assert "ruled out by two officers" in book.screen(party).explanation
    assert "screening.cleared" in {fact.kind for fact in journal.facts()}
    clock.advance_by(91 * DAY_US)
    assert book.screen(party).decision is Decision.REVIEW


def test_a_clearance_dies_with_the_entry_or_the_party_it_was_for(
    index: Index, un_list: ScreeningList, people: list[SyntheticPerson]
) -> None:
    book = ScreeningBook(index)
    party = PartyIdentity(0, people[2].name)
    for match in book.screen(party).matches:
        book.clear(0, match, reason=REASON, by=ONE, confirmed_by=TWO, days=90)
    assert book.status_of(0) is Decision.CLEAR
    entries = list(un_list.entries)
    entries[2] = replace(entries[2], remarks="He now uses another passport.")
    report = book.update_lists([replace(un_list, sha256="d" * 64, entries=tuple(entries))])
    assert [(p.party_no, p.after) for p in report.proposals] == [(0, Decision.REVIEW)]


def test_a_match_on_a_number_cannot_be_ruled_out(
    index: Index, people: list[SyntheticPerson]
) -> None:
    book = ScreeningBook(index)
    found = book.screen(PartyIdentity(0, "Somebody Else", cnic=people[4].cnic))
    with pytest.raises(IdentityError, match="cannot be ruled out"):
        book.clear(0, found.matches[0], reason=REASON, by=ONE, confirmed_by=TWO, days=9)


def test_stale_lists_hold_everybody(index: Index) -> None:
    book = ScreeningBook(index, clock=TrialClock(0))
    book.screen(PartyIdentity(0, "Ingrid Lindqvist"))
    day = 24 * HOUR_US
    assert book.statuses(1, now_us=day, age_max_us=day).tolist() == [0]
    assert book.statuses(1, now_us=day + 1, age_max_us=day).tolist() == [3]
