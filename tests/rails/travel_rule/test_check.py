"""Each constraint has a payload that breaks it alone; completeness asks what the law asks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from sandrail.rails.errors import TravelRuleError
from sandrail.rails.travel_rule import (
    FIELDS,
    Address,
    AddressKind,
    Birth,
    IdKind,
    Intermediary,
    LegalName,
    LegalNameKind,
    NationalId,
    NaturalName,
    NaturalNameKind,
    Party,
    Profile,
    TravelRuleData,
    check,
    decode,
    is_complete,
    is_lei,
    make_lei,
    missing_fields,
)
from tests.rails.travel_rule.people import (
    DATA,
    SARA,
    TODAY,
    TRADERS,
    vasp,
    with_originator,
    with_sara,
    with_traders,
)
from tests.rails.travel_rule.test_wire import ALICE, raw

LEI = make_lei("SYNTHETIC000000001")


def rules(data: TravelRuleData, **more: object) -> list[str]:
    return [v.rule for v in check(data, today=TODAY, **more)]  # type: ignore[arg-type]


def test_a_good_payload_breaks_nothing() -> None:
    assert check(DATA, today=TODAY) == ()
    assert check(with_originator(TRADERS), today=TODAY) == ()


def address(**changes: object) -> Address:
    return replace(SARA.addresses[0], **changes)  # type: ignore[arg-type]


def lei_id(**changes: object) -> NationalId:
    return replace(NationalId(LEI, IdKind.LEI), **changes)  # type: ignore[arg-type]


BROKEN: list[tuple[str, TravelRuleData, str]] = [
    (
        "C1",
        with_sara(addresses=(), national_id=None, birth=None),
        "originators[0]",
    ),
    ("C2", with_sara(birth=Birth(TODAY, "Multan")), "originators[0].birth.day"),
    ("C3", with_sara(country_of_residence="UK"), "originators[0].country_of_residence"),
    (
        "C3",
        with_sara(addresses=(address(country="ZZ"),)),
        "originators[0].addresses[0].country",
    ),
    ("C3", with_traders(country_of_registration="P"), "originators[0].country_of_registration"),
    ("C4", with_traders(national_id=None), "originators[0]"),
    (
        "C5",
        with_traders(names=(LegalName("Indus", LegalNameKind.SHORT),)),
        "originators[0].names",
    ),
    (
        "C6",
        with_sara(names=(NaturalName("Sara", kind=NaturalNameKind.ALIAS),)),
        "originators[0].names",
    ),
    (
        "C7",
        with_traders(
            national_id=NationalId("X1", IdKind.PASSPORT, registration_authority="RA000472")
        ),
        "originators[0].national_id.kind",
    ),
    (
        "C8",
        with_sara(addresses=(address(building_number=None),)),
        "originators[0].addresses[0]",
    ),
    ("C8", with_sara(addresses=(address(street=None),)), "originators[0].addresses[0]"),
    (
        "C9",
        with_traders(national_id=lei_id(country_of_issue="PK")),
        "originators[0].national_id.country_of_issue",
    ),
    (
        "C9",
        with_traders(national_id=NationalId("1", IdKind.TAX)),
        "originators[0].national_id.registration_authority",
    ),
    (
        "C9",
        with_traders(national_id=lei_id(registration_authority="RA000472")),
        "originators[0].national_id.registration_authority",
    ),
    (
        "C10",
        with_traders(national_id=NationalId("1", IdKind.TAX, registration_authority="SECP")),
        "originators[0].national_id.registration_authority",
    ),
    ("C11", with_traders(national_id=lei_id(number="SHORT")), "originators[0].national_id.number"),
    (
        "LEI",
        with_traders(national_id=lei_id(number="3M5E1GQKGL17HI8CPN20")),
        "originators[0].national_id.number",
    ),
    ("C12", replace(DATA, transfer_path=(Intermediary(vasp("Middle"), 1),)), "transfer_path"),
    (
        "C12",
        replace(DATA, transfer_path=(Intermediary(vasp("A"), 0), Intermediary(vasp("B"), 0))),
        "transfer_path",
    ),
    ("TEXT", with_sara(names=(NaturalName("احمد"),)), "originators[0].names[0].primary"),
    ("TEXT", with_sara(names=(NaturalName("A" * 101),)), "originators[0].names[0].primary"),
    ("TEXT", with_sara(customer_id="9" * 51), "originators[0].customer_id"),
    (
        "TEXT",
        with_sara(addresses=(address(postcode="9" * 17),)),
        "originators[0].addresses[0].postcode",
    ),
    (
        "TEXT",
        with_sara(local_names=(NaturalName("ا" * 101),)),
        "originators[0].local_names[0]",
    ),
    (
        "TEXT",
        replace(DATA, beneficiaries=(Party(TRADERS, ("والٹ",)),)),
        "beneficiaries[0].account_numbers[0]",
    ),
]


@pytest.mark.parametrize(("rule", "data", "path"), BROKEN)
def test_each_breach_is_found_alone_and_located(rule: str, data: TravelRuleData, path: str) -> None:
    assert [(v.rule, v.path) for v in check(data, today=TODAY)] == [(rule, path)]


def test_every_constraint_has_a_breach() -> None:
    assert {rule for rule, _, _ in BROKEN} == {f"C{n}" for n in range(1, 13)} | {"TEXT", "LEI"}


def test_a_geographic_address_suffices_for_a_company_and_a_home_does_not() -> None:
    office = Address(AddressKind.GEOGRAPHIC, "PK", "Karachi", lines=("1 Harbour Road",))
    assert rules(with_traders(national_id=None, addresses=(office,))) == []
    home = replace(office, kind=AddressKind.HOME)
    assert rules(with_traders(national_id=None, addresses=(home,))) == ["C4"]


def test_beneficiaries_need_no_more_than_a_name() -> None:
    bare = replace(SARA, addresses=(), national_id=None, birth=None)
    assert rules(replace(DATA, beneficiaries=(Party(bare),))) == []


def test_the_list_of_registrars_is_used_when_there_is_one() -> None:
    assert rules(with_originator(TRADERS), authorities=frozenset({"RA000472"})) == []
    assert rules(with_originator(TRADERS), authorities=frozenset({"RA000001"})) == ["C10"] * 2


def test_the_strict_profile_asks_more_of_a_persons_identifier() -> None:
    """The standard's second example has a natural person with a registrar's number."""
    registrar = NationalId("446005", IdKind.REGISTRATION_AUTHORITY, None, "RA000553")
    data = with_sara(national_id=registrar)
    assert rules(data) == []
    assert rules(data, profile=Profile.STRICT) == ["STRICT"]
    assert rules(DATA, profile=Profile.STRICT) == []


def test_the_lei_in_the_standards_first_example_has_wrong_check_digits() -> None:
    assert rules(decode(raw(ALICE))) == ["LEI"]


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("506700GE1G29325QX363", True),
        ("506700GE1G29325QX364", False),
        ("506700GE1G29325QX36", False),
        ("506700ge1g29325qx363", False),
        (make_lei("SYNTHETIC000000001"), True),
    ],
)
def test_leis(text: str, good: bool) -> None:
    assert is_lei(text) is good


# --- completeness -----------------------------------------------------------------------------


@pytest.mark.parametrize("field", FIELDS)
def test_each_field_is_missing_from_an_empty_payload(field: str) -> None:
    nobody = replace(SARA, names=(), local_names=(), addresses=(), national_id=None, birth=None)
    empty = TravelRuleData((Party(nobody),), (Party(nobody),))
    assert missing_fields(empty, [field]) == (field,)
    assert not is_complete(empty, [field])


@pytest.mark.parametrize(
    "field",
    [
        "originator.name",
        "originator.local_name",
        "originator.account",
        "originator.address",
        "originator.national_id",
        "originator.birth",
        "beneficiary.name",
        "beneficiary.account",
        "originating_vasp.lei",
        "beneficiary_vasp.name",
    ],
)
def test_a_full_payload_is_complete(field: str) -> None:
    assert is_complete(DATA, [field])


def test_a_choice_is_met_by_one_of_its_fields() -> None:
    data = with_sara(addresses=(), birth=None)
    assert missing_fields(data, ["originator.address|originator.national_id"]) == ()
    assert missing_fields(data, ["originator.address|originator.birth"]) == (
        "originator.address|originator.birth",
    )


def test_a_company_is_not_born() -> None:
    assert missing_fields(DATA, ["beneficiary.birth"]) == ("beneficiary.birth",)


def test_everybody_in_a_role_must_have_the_field() -> None:
    bare = Party(replace(SARA, addresses=()))
    data = replace(DATA, originators=(*DATA.originators, bare))
    assert missing_fields(data, ["originator.address"]) == ("originator.address",)


@pytest.mark.parametrize("field", ["originator", "originator.shoe_size", "sender.name", ""])
def test_an_unknown_field_is_the_rules_fault(field: str) -> None:
    for asked in (field, f"originator.name|{field}"):
        with pytest.raises(TravelRuleError) as caught:
            missing_fields(DATA, [asked])
        assert caught.value.stable_code == "travel_rule.unknown_field"


def test_today_decides_what_is_past() -> None:
    data = with_sara(birth=Birth(date(2026, 2, 28), "Multan"))
    assert rules(data) == []
    assert [v.rule for v in check(data, today=date(2026, 2, 28))] == ["C2"]
