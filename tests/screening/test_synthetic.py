"""The committed example list is what the script makes, and it can be screened against."""

from pathlib import Path

import pytest

from sandrail.screening import (
    Decision,
    Index,
    PartyIdentity,
    Screener,
    ScreeningBook,
    load_nacta_csv,
    load_un_xml,
    parse_partial_date,
    screen_name,
)
from sandrail.screening.synthetic import synthetic_nacta_csv, synthetic_people, synthetic_un_xml
from sandrail.world import Seed

LIST = Path(__file__).resolve().parents[2] / "examples" / "rupee-art" / "lists" / "synthetic_un.xml"


@pytest.fixture(scope="module")
def book() -> ScreeningBook:
    return ScreeningBook(Index.build([load_un_xml(LIST)]))


def test_the_committed_list_is_reproducible() -> None:
    assert LIST.read_bytes() == synthetic_un_xml(Seed(7))


def test_it_has_the_real_shape() -> None:
    one = load_un_xml(LIST)
    assert len(one.entries) == 200
    assert one.version.startswith("un/2026-03-01/")
    first = one.entries[0]
    assert first.father_names and first.dobs[0].whole and first.identifiers[0].scheme == "cnic"
    assert any("\u0600" <= letter <= "\u06ff" for n in first.names for letter in n.text)


def test_a_listed_person_is_found_by_name_script_and_number(book: ScreeningBook) -> None:
    person = synthetic_people(Seed(7), count=180)[5]
    dob = parse_partial_date(person.dob)
    by_name = book.screen(PartyIdentity(0, person.name, dob=dob))
    by_script = book.screen(PartyIdentity(1, person.script, dob=dob))
    by_cnic = book.screen(PartyIdentity(2, "Somebody Else", cnic=person.cnic))
    assert by_name.decision >= Decision.REVIEW
    assert by_script.decision >= Decision.REVIEW
    assert by_cnic.decision is Decision.HIT
    assert by_cnic.matches[0].entry_id == "9900005"


def test_an_innocent_is_clear_and_the_unknown_is_unscreened(book: ScreeningBook) -> None:
    assert book.screen(PartyIdentity(9, "Ingrid Lindqvist")).decision is Decision.CLEAR
    assert book.status_of(10) is Decision.UNSCREENED
    assert book.statuses(11)[9:].tolist() == [0, 3]


def test_the_invented_nacta_list_is_reproducible_and_matches_by_father() -> None:
    path = LIST.parents[2] / "screening" / "synthetic_nacta.csv"
    assert path.read_bytes() == synthetic_nacta_csv(Seed(7))
    listed = load_nacta_csv(path)
    assert len(listed.entries) == 60 and not listed.skipped
    entry = next(e for e in listed.entries if len(e.name.split(" ")) == 3)
    screener = Screener(Index.build([listed]))
    father = entry.father_names[0]
    same = screen_name(screener, entry.name, father=father)
    other = screen_name(screener, entry.name, father="Peter Sandoval")
    assert same.decision is Decision.HIT and same.matches[0].entry_id == entry.id
    assert other.decision is Decision.CLEAR and "father's names differ" in other.explanation
