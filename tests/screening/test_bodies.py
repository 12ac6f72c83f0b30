"""Organisations and vessels: how their names are read, and whom they meet."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from sandrail.screening import (
    Decision,
    Identifier,
    IdentityError,
    Index,
    Kind,
    ListedName,
    ListEntry,
    PartyIdentity,
    Screener,
    ScreeningList,
    compare_names,
    finding,
    identity_from,
    screen_name,
)
from sandrail.screening import bodies as bodies_file
from sandrail.screening import readings as readings_file
from sandrail.screening.agreement import AGREEMENT_NAMES, body_agreement
from sandrail.screening.bodies import known_word
from sandrail.screening.business_words import MEANINGS, PLACES, TRADES
from sandrail.screening.fold import tokens_of
from sandrail.screening.legal_forms import FORMS
from sandrail.screening.lexicon import NUMBER_WORDS
from sandrail.screening.nouns import is_imo
from sandrail.screening.readings import listed_readings, readings_of

Broken = (AssertionError, pytest.fail.Exception)
IMO = "9074729"


def entry(number: int, name: str, kind: Kind = Kind.ENTITY, **more: object) -> ListEntry:
    return ListEntry(id=str(number), source="un", kind=kind, names=(ListedName(name),), **more)  # type: ignore[arg-type]


ENTRIES = (
    entry(1, "ZARRIN KESHT TRADING COMPANY LIMITED (ZKTC)", countries=("Iran",)),
    entry(2, "Falahdar Welfare Foundation"),
    entry(3, "مؤسسة فلاحدار للإغاثة"),
    entry(4, "SECOND BUREAU OF MARGHOB INDUSTRIES"),
    entry(5, "Khan Trading Company"),
    entry(6, "BANK-E TEJARAT ZARAFSHAN", countries=("Iran",)),
    entry(7, "INVERSIONES QUELONPA LTDA.",
          identifiers=(Identifier("registration", "0012345678"),), countries=("Colombia",)),
    entry(8, "OCEAN BRAVADO 1", Kind.VESSEL, identifiers=(Identifier("imo", IMO),)),
    entry(9, "EP-ZQA", Kind.VESSEL),
    entry(10, "Yarvand Quliyar", Kind.PERSON),
)  # fmt: skip


@pytest.fixture(scope="module")
def screener() -> Screener:
    return Screener(Index.build([ScreeningList("un", "Test", None, "0" * 64, ENTRIES)]))


def met(screener: Screener, name: str, **fields: str) -> list[str]:
    """Return the entries that would make a person look."""
    result = screener.screen(identity_from({"name": name, **fields}))
    return [m.entry_id for m in result.matches if m.decision is not Decision.CLEAR]


SAME_WORDS = [
    ("Rosvand Ltd", "Rosvand LLC"),
    ("ООО Росванд", "Rosvand GmbH"),
    ("Rosvand Sdn Bhd", "Rosvand (Pvt) Ltd"),
    ("Rosvand Private Limited", "Rosvand Sp. z o.o."),
    ("Rosvand S.A. de C.V.", "Rosvand Joint Stock Company"),
    ("Rosvand, Public Limited Company", "Rosvand A/S"),
    ("Rosvand S. de R.L. de C.V.", "Rosvand W.L.L."),
    ("شركة روسفند المحدودة", "شرکت روسفند محدود"),
    ("The Bank of Rosvand", "Rosvand Banco"),
    ("Rosvand & Sons", "Rosvand and Brothers"),
    ("M/s Rosvand Traders", "Rosvand Trading"),
    ("Tehrik-i-Rosvand", "Rosvand Movement"),
    ("Rosvand Second Brigade", "Rosvand 2nd Brigade"),
    ("A.B.C. Rosvand", "A B C Rosvand"),
    ("Rosvand Intl", "International Rosvand"),
    ("Rosvand Tradnig", "Rosvand Trading"),
    ("Inver siones Rosvand", "Rosvand Investments"),
]


@pytest.mark.parametrize(("one", "two"), SAME_WORDS)
def test_forms_and_words_of_business_are_one_in_every_language(one: str, two: str) -> None:
    assert sorted(tokens_of(one, entity=True)) == sorted(tokens_of(two, entity=True))


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("S A Traders", "sa"),
        ("Abu As Sayyaf", "sayyaf"),
        ("AT&T", "at"),
        ("AB Rosvand", "ab"),
        ("Rosvand AB", "rosvand"),
    ],
)
def test_short_forms_count_only_where_forms_stand(name: str, kept: str) -> None:
    assert kept in tokens_of(name, entity=True)


@pytest.mark.parametrize(
    ("text", "kind", "reading"),
    [
        ("Zarrin Works (ZKW)", Kind.ENTITY, ("zkw",)),
        ("Zarrin Works formerly Qalam Ltd", Kind.ENTITY, ("qalam", ".ltd")),
        ("Alzarrin Co.", Kind.ENTITY, ("zarrin", ".co")),
        ("Zarringroup", Kind.ENTITY, ("zarrin", ".group")),
        ("M/V OCEAN BRAVADO II", Kind.VESSEL, ("ocean", "bravado", "2")),
        ("OceanBravado2", Kind.VESSEL, ("oceanbravado", "2")),
        ("Motor Vessel Ocean No. 3", Kind.VESSEL, ("ocean", "3")),
        ("EP-ZQA", Kind.VESSEL, ("0epzqa",)),
    ],
)
def test_a_name_has_all_its_readings(text: str, kind: Kind, reading: tuple[str, ...]) -> None:
    assert reading in readings_of(text, kind)


def test_only_lists_are_read_as_initials() -> None:
    name = "Marghob Aerial Research Organisation"
    assert ("maro",) in listed_readings(name, Kind.ENTITY)
    assert ("maro",) not in readings_of(name, Kind.ENTITY)


FOUND = [
    ("Zarrin Kesht Trading Company Limited", "1"),
    ("zarrin kesht trading", "1"),
    ("ZKTC", "1"),
    ("Zarrin Kesht Comercial SARL", "1"),
    ("Zarrinkesht Trading Co., Karachi", "1"),
    ("M/s Zarrin Kesht Trading LLC", "1"),
    ("Falahdar Foundation for Welfare", "2"),
    ("2nd Bureau of Marghob Industries", "4"),
    ("Tejarat Zarafshan Bank", "6"),
    ("Inversiones Quelonpa S.A.", "7"),
]


@pytest.mark.parametrize(("name", "number"), FOUND)
def test_a_listed_organisation_is_found_as_listed_and_disguised(
    screener: Screener, name: str, number: str
) -> None:
    assert number in met(screener, name, kind="organisation")


@pytest.mark.parametrize(
    "name",
    ["Zarrin Textile Mills", "Karachi Trading Company Limited", "Marghob Sweets", "Bank of Karachi",
     "National Trading Company", "Second Cup Coffee Company", "Pak Welfare Foundation",
     "Falahdar Steel Mills", "Zarrin Kesht Bank"],
)  # fmt: skip
def test_a_stranger_is_not_held_on_words_of_business(screener: Screener, name: str) -> None:
    assert met(screener, name, kind="organisation") == []


@pytest.mark.parametrize(
    ("name", "fields", "expected"),
    [
        ("M/V Ocean Bravado I", {"kind": "vessel"}, ["8"]),
        ("OCEANBRAVADO 1", {"kind": "ship"}, ["8"]),
        ("Something Else", {"kind": "vessel", "imo": f"IMO {IMO}"}, ["8"]),
        ("Ocean Pride 1", {"kind": "vessel"}, []),
        ("EP-ZQA", {"kind": "vessel"}, ["9"]),
        ("EP-ZQB", {"kind": "vessel"}, []),
        ("Ocean Bravado 1", {"kind": "person"}, []),
        ("Ocean Bravado 1", {}, ["8"]),
        ("Falahdar Welfare Foundation", {}, ["2"]),
        ("Yarvand Quliyar", {}, ["10"]),
        ("Yarvand Quliyar", {"kind": "organisation"}, []),
    ],
)
def test_a_kind_is_searched_by_itself_and_no_kind_is_every_kind(
    screener: Screener, name: str, fields: dict[str, str], expected: list[str]
) -> None:
    assert met(screener, name, **fields) == expected


@pytest.mark.parametrize("name", ["Khan", "Muhammad Khan", "Imran Khan", "Ahmed Bank"])
def test_a_person_is_not_held_on_an_organisations_words(screener: Screener, name: str) -> None:
    assert met(screener, name) == []


def test_the_verdict_says_which_kind_it_met(screener: Screener) -> None:
    result = screen_name(screener, "Falahdar Welfare Foundation")
    assert "listed organisation" in result.explanation
    assert any(line.field == "kind" for line in result.matches[0].evidence)


@pytest.mark.parametrize(
    ("fields", "decision"),
    [
        ({"imo": IMO}, Decision.HIT),
        ({"registration": "0012345678", "country": "Colombia"}, Decision.HIT),
        ({"registration": "0012345678"}, Decision.REVIEW),
        ({"registration": "0012345678", "country": "Pakistan"}, Decision.CLEAR),
    ],
)
def test_numbers_of_ships_and_registers(
    screener: Screener, fields: dict[str, str], decision: Decision
) -> None:
    party = identity_from({"name": "Something Else Altogether", "kind": "unknown", **fields})
    assert screener.screen(party).decision is decision


def test_another_ships_number_speaks_against(screener: Screener) -> None:
    def score(imo: str) -> int:
        fields = {"name": "Ocean Bravado 1", "kind": "vessel", "imo": imo}
        return screener.screen(identity_from(fields)).matches[0].score_milli

    assert is_imo("9319466") and not is_imo("9319467")
    assert score("9319466") < score("9319467") == score("")


@pytest.mark.parametrize(
    ("one", "two", "fact"),
    [
        ("Sigma Steel Ltd", "Sigma Steel LLC", "the legal forms are of one family"),
        ("Sigma Ltd", "Sigma AG", "the legal forms are of different families"),
        ("Sigma Steel", "Sigma Bank", "each has a trade that the other has not"),
        ("Sigma Steel", "Sigma", "only the query has a trade of its own"),
        ("Sigma", "Sigma Steel", "only the listed name has a trade of its own"),
        ("Sigma 2", "Sigma 3", "the numbers differ"),
        ("Sigma 2", "Sigma", "only one has a number"),
        ("Sigma Lahore", "Sigma Tehran", "each has a place that the other has not"),
        ("Sigma", "Sigma Tehran", "only the listed name has a place of its own"),
        ("Sigma Steel", "Steel Sigma", "the words of their own are the same"),
        ("Steel Bank", "Sigma Bank", "one of them has no word of its own"),
        ("Sigma Steel Ltd", "Sigma Steel", "the names are the same but for the legal form"),
    ],
)
def test_each_fact_of_agreement_is_seen(one: str, two: str, fact: str) -> None:
    ours, theirs = tokens_of(one, entity=True), tokens_of(two, entity=True)
    assert body_agreement(ours, theirs)[AGREEMENT_NAMES.index(fact)] == 1.0
    if fact.startswith(("each has", "only", "the numbers", "the legal forms are of d")):
        assert body_agreement(ours, ours)[AGREEMENT_NAMES.index(fact)] == 0.0


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("Rosvand Motor Company", "Rosvand Motors Co.", True),
        ("Rosvand Aktiengeselschaft", "Rosvand AG", True),
        ("Zarrin Kesht Ltd", "Zarrin Kesht Limited", True),
        ("Rosvand Fund XII L.P.", "Bolvana Fund XIII L.P.", False),
    ],
)
def test_bare_names_of_firms(one: str, two: str, same: bool) -> None:
    assert compare_names(one, two, entity=True).same is same


def test_the_old_versions_of_parties_stand() -> None:
    party = PartyIdentity(1, "Ali Raza")
    assert party.version() == "e65ba53354c5c1d535b6932708a73a1f"
    assert PartyIdentity(1, "Ali Raza", imo="1").version() != party.version()
    assert PartyIdentity(1, "Ali Raza", registration="1").version() != party.version()


def test_a_planted_form_that_is_a_name_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies_file, "SHORT_FORMS", frozenset())
    with pytest.raises(Broken):
        test_short_forms_count_only_where_forms_stand("AB Rosvand", "ab")


def test_a_planted_reading_without_brackets_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readings_file, "_parts", lambda text: [text])
    with pytest.raises(Broken):
        test_a_name_has_all_its_readings("Zarrin Works (ZKW)", Kind.ENTITY, ("zkw",))


def test_a_planted_deafness_to_trades_is_noticed(
    screener: Screener, monkeypatch: pytest.MonkeyPatch
) -> None:
    same = (1.0, *[0.0] * 8, 1.0, 0.0, 1.0)
    monkeypatch.setattr(finding, "body_agreement", lambda ours, theirs: same)
    with pytest.raises(Broken):
        test_a_stranger_is_not_held_on_words_of_business(screener, "Zarrin Kesht Bank")


@pytest.mark.parametrize("kind", ["robot", "persn", "0"])
def test_a_kind_that_nobody_knows_is_refused(kind: str) -> None:
    with pytest.raises(IdentityError, match="not a kind"):
        identity_from({"name": "Ali", "kind": kind})


def test_a_place_or_trade_is_itself_whatever_longer_word_it_is_a_slip_of() -> None:
    plain = (PLACES | TRADES) - {*MEANINGS, *FORMS, *NUMBER_WORDS}
    assert {word for word in plain if known_word(word) != word} == set()
    assert known_word("pakistan") == "pakistan"
    assert known_word("pakistann") == "pakistan"


_READ = """
from sandrail.screening.bodies import known_word
from sandrail.screening.business_words import PLACES, TRADES
from sandrail.screening.readings import listed_readings
from sandrail.screening import Kind
for word in sorted(PLACES | TRADES):
    for spelled in (word, word[:-1], word + "i", word[:2] + word[3:]):
        if spelled:
            print(known_word(spelled), listed_readings(spelled + " noor", Kind.ENTITY))
"""


def test_names_are_read_alike_in_every_process() -> None:
    read = {
        subprocess.run(
            [sys.executable, "-c", _READ],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(read) == 1 and len(read.pop()) > 1_000
