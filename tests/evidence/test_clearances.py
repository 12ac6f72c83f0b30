"""A namesake is ruled out by two people after a trial: the bundle holds, and no planted fault does.

Everything is done as an officer does it, from the command line, on the journal of a small trial
whose list changed half way. What a forger changes afterwards is found, by the fact it is in.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest

from sandrail.cli.desk import actor_named, desk_in
from sandrail.evidence import Dossier, Verification, read_dossier, verify_bundle, write_bundle
from sandrail.evidence.check_screening import check_screening
from sandrail.evidence.ground_truth import everybody, person_of
from sandrail.evidence.opened import Opened, Wrong
from sandrail.journal import Journal, frame_of, parse_payload
from sandrail.rails.chain import engines_here
from sandrail.rulebook import load_pack
from sandrail.screening import Decision, ListStore, Screener, ScreeningBook, read_parties
from sandrail.transfers import rebuild
from sandrail.trials import (
    FollowedLists,
    People,
    Setting,
    draw_people,
    identity_of,
    load_plan,
    permission_for,
    run_trial,
)
from sandrail.world import DAY_US, Seed, TrialClock, iso, parse_instant
from tests.evidence.conftest import EXAMPLE, small
from tests.evidence.forging import Change, in_json, rechained
from tests.makers.commands import ask

OFFICERS = ("--by", "firm:mlro", "--confirmed-by", "pvara:aml_specialist")
REASON = "The listed man was born in 1951; the passport shows another year and father."
FIELDS = ("name", "father_name", "dob", "cnic", "country", "place")
FAST = engines_here()[:1]
SEED = Seed(11)
NAMESAKE, DOUBLE, BESIDE = "9911001", "9911002", "9911003"
"""Entries called like two customers: one like the first, two like the second."""


@dataclass(frozen=True, slots=True)
class Office:
    """The journal of a finished trial, its customers as a file, and the lists they stood on.

    Attributes:
        folder: holds all three; refs: of the customers, by number.
        one: who is called like one listed man; two: who is called like two; payer: has tokens.
    """

    folder: Path
    refs: tuple[str, ...]
    one: int
    two: int
    payer: int

    def at(self, folder: Path) -> Office:
        """Return a copy of this office."""
        shutil.copytree(self.folder, folder)
        return replace(self, folder=folder)

    @property
    def journal(self) -> Path:
        return self.folder / "journal.db"

    def run(self, *words: str) -> dict[str, Any]:
        """Run a command on the journal and return its answer."""
        done = ask([*words, "--journal", str(self.journal), "--json"])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def clear(self, party: int, entry: str, *words: str) -> dict[str, Any]:
        """Rule an entry out at the journal's own instant."""
        asked = ["screen", "clear", str(party), f"un/{entry}", "--reason", REASON]
        asked += ["--customers", str(self.folder / "customers.csv")]
        asked += ["--lists", str(self.folder / "lists"), "--at", self.now]
        return self.run(*asked, "--days", "30", *(words or OFFICERS))

    def rescreen(self, *words: str) -> dict[str, Any]:
        """Put the lists of the store in force."""
        asked = ["screen", "rescreen", str(self.folder / "customers.csv"), "--allow-stale"]
        return self.run(*asked, "--lists", str(self.folder / "lists"), *words)

    def pay(self, party: int, key: str, *words: str) -> str:
        """Let a customer be paid by one with tokens, and return what the gate said."""
        asked = ["transfer", "--amount", "1", "--key", key, "--travel-data", *words]
        told = self.run(*asked, "--from", self.refs[self.payer], "--to", self.refs[party])
        return str(told["outcome"])

    @property
    def now(self) -> str:
        with Journal.open(self.journal, read_only=True) as opened:
            return iso(opened.fact(opened.head.seq).at_us)

    def dossier(self) -> Dossier:
        with Journal.open(self.journal, read_only=True) as opened:
            return read_dossier(opened)

    def verified(self) -> Verification:
        """Write the bundle as a stranger gets it, and verify it."""
        bundle = write_bundle(self.dossier(), self.folder / "bundle")
        return verify_bundle(bundle, engines=FAST)


def _lists(people: People) -> bytes:
    """Return the example list with three more men, who are called like two of the people."""
    data = (EXAMPLE / "lists" / "synthetic_un.xml").read_text("utf-8")
    names = ((NAMESAKE, people.name[0]), (DOUBLE, people.name[1]), (BESIDE, people.name[1]))
    more = "".join(
        f"<INDIVIDUAL><DATAID>{entry}</DATAID><VERSIONNUM>1</VERSIONNUM>"
        f"<FIRST_NAME>{escape(name)}</FIRST_NAME><UN_LIST_TYPE>Synthetic</UN_LIST_TYPE>"
        f"<REFERENCE_NUMBER>SYi.{entry}</REFERENCE_NUMBER><LISTED_ON>2026-03-01</LISTED_ON>"
        "</INDIVIDUAL>"
        for entry, name in names
    )
    return data.replace("</INDIVIDUALS>", f"{more}</INDIVIDUALS>", 1).encode()


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A trial that is over; nobody may change it."""
    folder = tmp_path_factory.mktemp("clearances")
    pack, plan = load_pack("pakistan"), small(load_plan(EXAMPLE / "plan.toml"))
    people = draw_people(plan.population, seed=SEED, on=plan.start)
    store = ListStore(folder / "lists")
    store.update("un", at_us=0, data=_lists(people))
    lists = tuple(store.lists_in_force())
    setting = Setting(plan, pack, permission_for(plan, pack, number="TEST"), lists, SEED)
    with Journal.create(folder / "journal.db", name="clearances") as journal:
        run_trial(setting, journal, rehearsal=True)
        dossier = read_dossier(journal)
    refs = tuple(
        str(ref)
        for fact in dossier.facts
        if fact.kind == "transfers.onboarded"
        for ref in frame_of(fact).meta["refs"]  # type: ignore[union-attr]
    )
    rows = [person_of(ref) for ref in refs]
    _write_customers(folder / "customers.csv", everybody(dossier), rows)
    floor = rebuild(dossier.facts, pack)
    held = [
        floor.book.balance(int(row[0])).net_credit for row in floor.parties.accounts[: len(refs)]
    ]
    return Office(folder, refs, rows.index(0), rows.index(1), held.index(max(held)))


def _write_customers(path: Path, people: People, rows: list[int]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["party_no", "kind", "other_names", *FIELDS])
        for party, row in enumerate(rows):
            who = identity_of(people, row, party_no=party)
            told = [str(getattr(who, name)) for name in FIELDS]
            table.writerow([party, who.kind.value, ";".join(who.other_names), *told])


@pytest.fixture(scope="module")
def cleared(finished: Office, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Afterwards: one namesake was ruled out and served, of another only one of two entries was."""
    office = finished.at(tmp_path_factory.mktemp("cleared") / "office")
    assert office.pay(office.one, "before") == "HOLD"
    assert office.clear(office.one, NAMESAKE)["decision"] == "CLEAR"
    assert office.pay(office.one, "after") == "ALLOW"
    assert office.clear(office.two, BESIDE)["decision"] == "REVIEW"
    assert office.pay(office.two, "still") == "HOLD"
    return office


@pytest.fixture
def office(cleared: Office, tmp_path: Path) -> Office:
    """An office of the test's own."""
    return cleared.at(tmp_path / "office")


@pytest.fixture(scope="module")
def bundle(cleared: Office) -> Path:
    """The sound bundle of it; read only."""
    return write_bundle(cleared.dossier(), cleared.folder / "bundle")


def wrong_in(dossier: Dossier, bundle: Path, *, seq: int, change: Change) -> Wrong:
    """Return what the check says of a journal in which one fact differs, all hashes fitting."""
    facts = rechained(dossier, seq=seq, change=change)
    opened = Opened.at(bundle)
    opened.take_facts(dossier.journal, facts)
    opened.take_pack(dossier.pack)
    opened.take_manifest({"pack": {"id": dossier.pack.id}})
    opened.take_floor(rebuild(facts, dossier.pack))
    with pytest.raises(Wrong) as found:
        check_screening(opened)
    return found.value


def last(dossier: Dossier, kind: str, party: int) -> int:
    """Return the newest fact of a kind about a customer."""
    facts = [fact for fact in dossier.facts if fact.kind == kind]
    about = [(fact.seq, parse_payload(fact)) for fact in facts]
    return max(seq for seq, plain in about if plain["party_no"] == party)


def test_who_was_ruled_out_is_served_and_the_bundle_holds(office: Office) -> None:
    found = office.verified()
    assert found.ok, found.first_problem
    (screening,) = [check for check in found.checks if check.name == "screening"]
    assert "2 entries ruled out" in screening.detail


def _alone(plain: dict[str, Any]) -> None:
    plain["confirmed_by"] = plain["by"]


def _by_nobody(plain: dict[str, Any]) -> None:
    del plain["confirmed_role"]


def _by_an_engineer(plain: dict[str, Any]) -> None:
    plain["role"] = "firm_engineer"


def _signed_by_another(plain: dict[str, Any]) -> None:
    plain["by"] = "firm:somebody"


def _for_ever(plain: dict[str, Any]) -> None:
    plain["expires_us"] += 10_000 * DAY_US


def _without_reason(plain: dict[str, Any]) -> None:
    plain["reason"] = "ok"


def _of_another_match(plain: dict[str, Any]) -> None:
    plain["entry_id"] = DOUBLE


def _of_another_customer_s_state(plain: dict[str, Any]) -> None:
    plain["party_version"] = "0" * 32


def _of_another_entry_s_state(plain: dict[str, Any]) -> None:
    plain["entry_hash"] = "0" * 64


@pytest.mark.parametrize(
    ("alter", "said"),
    [
        (_alone, "firm:mlro alone ruled the entry out"),
        (_by_nobody, "pvara:aml_specialist ruled an entry out as nobody knows what"),
        (_by_an_engineer, "firm:mlro ruled an entry out as firm_engineer"),
        (_signed_by_another, "It says that firm:somebody gave it"),
        (_for_ever, "It does not end within"),
        (_without_reason, "Its reason says nothing: 'ok'"),
        (_of_another_match, f"does not match un/{DOUBLE}, which it rules out"),
        (_of_another_customer_s_state, "It was given for another state of customer"),
        (_of_another_entry_s_state, f"It was given for another state of un/{NAMESAKE}"),
    ],
)
def test_a_clearance_that_could_not_be_given_is_found(
    cleared: Office, bundle: Path, alter: Callable[[dict[str, Any]], None], said: str
) -> None:
    dossier = cleared.dossier()
    seq = last(dossier, "screening.cleared", cleared.one)
    wrong = wrong_in(dossier, bundle, seq=seq, change=in_json(alter))
    assert wrong.fact == seq and said in wrong.why


def _cleared_all_the_same(plain: dict[str, Any]) -> None:
    plain["decision"], plain["matches"] = "CLEAR", []


def test_a_verdict_that_no_clearance_excuses_is_found(cleared: Office, bundle: Path) -> None:
    dossier = cleared.dossier()
    seq = last(dossier, "screening.decided", cleared.two)
    wrong = wrong_in(dossier, bundle, seq=seq, change=in_json(_cleared_all_the_same))
    assert wrong.fact == seq and f"no clearance excuses un/{DOUBLE}" in wrong.why
    assert BESIDE not in wrong.why, "that one was ruled out"


def _later(office: Office, days: int) -> tuple[str, str]:
    """Let days pass, on which the lists stay the newest; return the instant as an option."""
    at_us = parse_instant(office.now) + days * DAY_US
    with desk_in(office.journal, iso(at_us)) as desk:
        desk.set_lists(desk.floor.list_version, published_us=at_us)
    return "--at", iso(at_us)


def test_whoever_is_served_on_a_clearance_that_has_ended_is_found(office: Office) -> None:
    assert office.pay(office.one, "in time", *_later(office, 29)) == "ALLOW"
    assert office.verified().ok
    assert office.pay(office.one, "too late", *_later(office, 2)) == "ALLOW"
    problem = office.verified().first_problem
    assert problem is not None and problem.check == "screening"
    seq = max(fact.seq for fact in office.dossier().facts if fact.kind == "transfers.batch")
    assert problem.fact == seq
    assert f"customer {office.one} on a clearance of un/{NAMESAKE} that had ended" in problem.why


def test_a_clearance_that_ended_is_learnt_and_one_that_holds_outlives_new_lists(
    office: Office,
) -> None:
    """The next command judges again; and the trial's journal takes the new lists in."""
    at = _later(office, 31)
    assert office.clear(office.two, BESIDE)["matches_left"] == 1, "given again, for thirty days"
    assert office.pay(office.one, "ended", *at) == "HOLD"
    assert office.clear(office.one, NAMESAKE)["decision"] == "CLEAR"
    told = office.rescreen(*at)
    assert told["before"] != told["after"] and told["removed"]
    assert not {office.one, office.two} & {party for party, _, _ in told["proposals"]}
    assert office.pay(office.one, "again", *at) == "ALLOW"
    found = office.verified()
    assert found.ok, found.first_problem


def test_a_clearance_given_again_before_its_end_carries_the_verdict_on(office: Office) -> None:
    at_us = parse_instant(office.now) + 10 * DAY_US
    lists, customers = FollowedLists(), list(read_parties(office.folder / "customers.csv"))
    with Journal.open(office.journal) as journal:
        for fact in journal.facts():
            lists.take(fact)
        clock = TrialClock(at_us)
        book = ScreeningBook.restore(lists.index, journal, clock=clock, identities=customers)
        (match,) = Screener(lists.index).screen(customers[office.one]).matches
        two = [actor_named(word) for word in OFFICERS[1::2]]
        again = book.clear(
            office.one, match, reason=REASON, by=two[0], confirmed_by=two[1], days=30
        )
        assert again.decision is Decision.CLEAR
    assert office.pay(office.one, "carried on", *_later(office, 25)) == "ALLOW"
    found = office.verified()
    assert found.ok, found.first_problem
    assert office.pay(office.one, "too late", *_later(office, 6)) == "ALLOW"
    assert "had ended" in str(office.verified().first_problem)
