"""The verdict: disguises are caught, namesakes are served, and the reason says why."""

from collections.abc import Callable

import pytest

from sandrail.screening import (
    Decision,
    Kind,
    PartyIdentity,
    Screener,
    compare_names,
    identity_from,
    parse_partial_date,
    screen_name,
)
from sandrail.screening.errors import IdentityError
from sandrail.screening.synthetic import SyntheticPerson, synthetic_people
from sandrail.world import Seed


def ask(screener: Screener, name: str, person: SyntheticPerson, **more: str) -> Decision:
    fields = {"name": name, "dob": person.dob, **more}
    return screener.screen(identity_from(fields)).decision


def test_every_listed_person_is_found_in_both_scripts(
    screener: Screener, people: list[SyntheticPerson]
) -> None:
    for number, person in enumerate(people):
        for name in (person.name, person.script):
            result = screener.screen(identity_from({"name": name, "dob": person.dob}))
            assert result.decision is Decision.HIT, (name, result.explanation)
            assert str(9_900_000 + number) in {m.entry_id for m in result.matches}


@pytest.mark.parametrize(
    "write",
    [
        lambda name: name.replace("sh", "sch"),
        lambda name: name.replace(" ", "", 1),
        lambda name: name.replace(" ", "-"),
        lambda name: "Maulvi " + name,
        lambda name: name.replace(" ", "", 1).lower(),
    ],
)
def test_every_listed_person_is_found_joined_respelt_and_titled(
    screener: Screener, people: list[SyntheticPerson], write: Callable[[str], str]
) -> None:
    for person in people:
        assert ask(screener, write(person.name), person) is not Decision.CLEAR, write(person.name)


@pytest.mark.parametrize(("number", "speaks"), [("99", False), ("9" * 13, True), ("9" * 15, False)])
def test_a_damaged_number_says_nothing(
    screener: Screener, people: list[SyntheticPerson], number: str, speaks: bool
) -> None:
    fields = {"name": people[0].name, "dob": people[0].dob, "cnic": number}
    found = screener.screen(identity_from(fields)).matches[0].evidence
    assert any(line.field == "cnic" for line in found) is speaks


def test_a_namesake_with_another_father_and_birthday_is_served(
    screener: Screener, people: list[SyntheticPerson]
) -> None:
    served = 0
    for person in people[:60]:
        decision = ask(
            screener, person.name, person, dob="1931-11-30", father_name="Peter Sandoval"
        )
        served += decision is Decision.CLEAR
    assert served == 60


def test_the_father_decides_between_namesakes(
    screener: Screener, people: list[SyntheticPerson]
) -> None:
    person = people[3]
    same = screen_name(screener, person.name, father=person.father)
    other = screen_name(screener, person.name, father="Peter Sandoval")
    assert same.decision is Decision.HIT
    assert other.matches == () or other.matches[0].score_milli < same.matches[0].score_milli
    assert other.decision < same.decision


def test_the_urdu_father_is_compared_too(screener: Screener, people: list[SyntheticPerson]) -> None:
    person = people[8]
    result = screen_name(screener, person.script, father=person.father_script)
    assert result.decision >= Decision.REVIEW
    assert "father's names agree" in result.explanation


def test_a_number_is_enough_and_another_number_speaks_against(
    screener: Screener, people: list[SyntheticPerson]
) -> None:
    person = people[11]
    dashed = f"{person.cnic[:5]}-{person.cnic[5:12]}-{person.cnic[12:]}"
    assert screen_name(screener, "Somebody Else", cnic=dashed).decision is Decision.HIT
    other = screen_name(screener, person.name, cnic="9912345678901")
    fields = {line.field: line.weight_milli for line in other.matches[0].evidence}
    assert fields["cnic"] < 0


def test_a_bare_name_never_freezes_anybody(
    screener: Screener, people: list[SyntheticPerson]
) -> None:
    decisions = {screen_name(screener, p.name).decision for p in people[:80]}
    assert decisions == {Decision.REVIEW}


def test_the_explanation_adds_up(screener: Screener, people: list[SyntheticPerson]) -> None:
    person = people[20]
    result = screen_name(screener, person.name, dob=person.dob, country="Pakistan")
    match = result.matches[0]
    assert {line.field for line in match.evidence} >= {"name", "date of birth", "country"}
    assert sum(line.weight_milli for line in match.evidence) > 0
    assert match.listed_name in result.explanation
    assert all(line.reason.endswith(".") for line in match.evidence)


def test_the_same_question_has_the_same_answer(
    screener: Screener, people: list[SyntheticPerson]
) -> None:
    one = screen_name(screener, people[5].name).as_dict()
    for person in people[:30]:
        screen_name(screener, person.script)
    assert screen_name(screener, people[5].name).as_dict() == one


def test_organisations_are_their_own_kind(screener: Screener) -> None:
    name = "Crescent Star Trust of Zarrinab"
    assert screen_name(screener, name, kind="person").decision is Decision.CLEAR
    found = screen_name(screener, "The Blue Minaret Relief Fund of Talgan", kind="entity")
    assert found.matches and found.matches[0].source == "un"


@pytest.mark.parametrize("name", ["", "   ", "!!!", "\u200b", "x" * 5_000])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(IdentityError):
        identity_from({"name": name})


def test_unknown_kinds_are_refused() -> None:
    with pytest.raises(IdentityError, match="not a kind"):
        identity_from({"name": "Ali", "kind": "robot"})


def test_party_version_changes_with_every_field() -> None:
    base = PartyIdentity(1, "Ali Raza")
    changed = [
        PartyIdentity(1, "Ali Raza", father_name="Zahid"),
        PartyIdentity(1, "Ali Raza", dob=parse_partial_date("1990")),
        PartyIdentity(1, "Ali Raza", cnic="1"),
        PartyIdentity(1, "Ali Raza", wallets=("0x1",)),
        PartyIdentity(1, "Ali Raza", other_names=("Ali",)),
        PartyIdentity(1, "Ali Raza", kind=Kind.ENTITY),
    ]
    assert len({p.version() for p in [base, *changed]}) == 7
    assert PartyIdentity(2, "Ali Raza").version() == base.version()


def test_bare_names_compare_across_scripts() -> None:
    assert compare_names("Muhammad Yusuf", "Mohammed Yousaf").same
    assert compare_names("محمد یوسف", "Muhammad Yousuf").same
    assert not compare_names("Ali Khan", "Bilal Ahmed").same
    assert not compare_names("Gazprom Neft", "Rosneft Oil", entity=True).same


@pytest.mark.parametrize(
    ("pattern", "held_to"),
    [
        ("latin+dob", "latin+dob"),
        ("latin+father", "latin+father"),
        ("entity+dob", "entity"),
        ("entity+dob+country", "entity+country"),
        ("entity+dob+unstated", "entity+unstated"),
        ("vessel+dob+country+unstated", "vessel+country+unstated"),
        ("vessel+father", "vessel"),
    ],
)
def test_a_pattern_nobody_fitted_is_held_to_what_is_left_of_it(
    screener: Screener, pattern: str, held_to: str
) -> None:
    assert screener.threshold_milli(pattern) == screener.model.review_milli[held_to]


def test_many_together_get_the_verdicts_that_each_gets_alone(screener: Screener) -> None:
    people = synthetic_people(Seed(11), count=70)
    parties = [
        identity_from(
            {
                "name": one.name,
                "dob": one.dob if at % 2 else "",
                "kind": ("person", "")[at % 3 == 0],
            },
            party_no=at,
        )
        for at, one in enumerate(people)
    ]
    parties += [PartyIdentity(70 + at, name) for at, name in enumerate(("!", "Ali", "", "Ali"))]
    alone = [screener.screen(party) for party in parties]
    together = list(screener.screen_many(iter(parties)))
    assert together == alone and len(together) == 74
    assert any(result.matches for result in alone)
