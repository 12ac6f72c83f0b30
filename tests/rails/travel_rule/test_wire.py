"""IVMS101 on the wire: both editions there and back, told apart, and hostile payloads refused."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandrail.rails.errors import TravelRuleError
from sandrail.rails.travel_rule import (
    IdKind,
    LegalPerson,
    NaturalPerson,
    Party,
    TravelRuleData,
    Version,
    decode,
    detect_version,
    encode,
    losses_in_2020,
)
from tests.rails.travel_rule.people import DATA, SARA, payloads, payloads_2020


@settings(max_examples=25, deadline=None)
@given(payloads)
def test_the_2023_edition_loses_nothing(data: TravelRuleData) -> None:
    body = encode(data)
    assert decode(body) == data
    assert encode(decode(body)) == body
    assert detect_version(body) is Version.V2023


@settings(max_examples=25, deadline=None)
@given(payloads_2020)
def test_both_editions_convert_without_loss(data: TravelRuleData) -> None:
    old = encode(data, version=Version.V2020)
    assert detect_version(old) is Version.V2020
    assert decode(old) == data
    new = encode(decode(old), version=Version.V2023)
    assert encode(decode(new), version=Version.V2020) == old


@settings(max_examples=25, deadline=None)
@given(payloads)
def test_what_2020_cannot_carry_is_refused_by_name(data: TravelRuleData) -> None:
    lost = losses_in_2020(data)
    if lost:
        with pytest.raises(TravelRuleError) as caught:
            encode(data, version=Version.V2020)
        assert caught.value.stable_code == "travel_rule.lossy"
        assert all(path in caught.value.why for path in lost)
    else:
        assert decode(encode(data, version=Version.V2020)) == data


def test_the_editions_use_their_own_names() -> None:
    new, old = encode(DATA).decode(), encode(DATA, version=Version.V2020).decode()
    for name in ("originatorPerson", "beneficiaryPerson", "naturalPersonNameIdentifierType"):
        assert f'"{name}":' in new and f'"{name}":' not in old
    assert '"payloadVersion":"101.2023"' in new and "payloadVersion" not in old
    assert '"originatorPersons":' in old and '"beneficiaryPersons":' in old
    company = replace(DATA.beneficiaries[0].person, customer_id="C-1")
    assert isinstance(company, LegalPerson)
    data = replace(DATA, beneficiaries=(Party(company),))
    assert '"customerNumber":"C-1"' in encode(data, version=Version.V2020).decode()
    assert '"customerIdentification":"C-1"' in encode(data).decode()


def test_urdu_names_travel_as_they_are() -> None:
    assert "سارہ" in encode(DATA).decode("utf-8")


# The two business examples of the standard, typed in from their tables.
ALICE: dict[str, Any] = {
    "payloadMetadata": {"payloadVersion": "IVMS101.2023"},
    "originator": {
        "originatorPerson": [
            {
                "naturalPerson": {
                    "name": {
                        "nameIdentifier": [
                            {
                                "primaryIdentifier": "Smith",
                                "secondaryIdentifier": "Dr Alice",
                                "naturalPersonNameIdentifierType": "LEGL",
                            }
                        ]
                    },
                    "geographicAddress": [
                        {
                            "addressType": "GEOG",
                            "streetName": "Potential Street",
                            "buildingNumber": "24",
                            "buildingName": "Weathering Views",
                            "postcode": "91765",
                            "townName": "Walnut",
                            "countrySubDivision": "California",
                            "country": "US",
                        }
                    ],
                    "customerIdentification": "1002390",
                },
                "accountNumber": ["10023909"],
            }
        ]
    },
    "beneficiary": {
        "beneficiaryPerson": [
            {
                "naturalPerson": {
                    "name": {
                        "nameIdentifier": [
                            {
                                "primaryIdentifier": "Barnes",
                                "secondaryIdentifier": "Robert",
                                "naturalPersonNameIdentifierType": "legl",
                            }
                        ]
                    }
                },
                "accountNumber": ["1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"],
            }
        ]
    },
    "originatingVASP": {
        "legalPerson": {
            "name": {
                "nameIdentifier": [
                    {"legalPersonName": "VASP A", "legalPersonNameIdentifierType": "LEGL"}
                ]
            },
            "nationalIdentification": {
                "nationalIdentifier": "3M5E1GQKGL17HI8CPN20",
                "nationalIdentifierType": "LEIX",
            },
        }
    },
}


def raw(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def test_the_standards_first_example_is_read() -> None:
    data = decode(raw(ALICE))
    person = data.originators[0].person
    assert isinstance(person, NaturalPerson)
    assert person.names[0].secondary == "Dr Alice"
    assert data.originators[0].account_numbers == ("10023909",)
    assert data.originating_vasp is not None
    company = data.originating_vasp.person
    assert company.national_id is not None and company.national_id.kind is IdKind.LEI
    assert decode(encode(data, version=Version.V2020)) == data


def test_nested_and_flat_vasps_null_and_old_customer_numbers_are_all_read() -> None:
    value = json.loads(encode(DATA))
    expected = decode(raw(value))
    value["originatingVASP"] = value["originatingVASP"]["originatingVASP"]
    value["transferPath"] = value["transferPath"]["transferPath"]
    value["originator"]["originatorPerson"][0]["legalPerson"] = None
    assert decode(raw(value)) == expected
    natural = value["originator"]["originatorPerson"][0]["naturalPerson"]
    natural["customerNumber"] = "77"
    assert decode(raw(value)).originators[0].person.customer_id == "77"
    natural["customerIdentification"] = "78"
    with pytest.raises(TravelRuleError, match="customerNumber"):
        decode(raw(value))


def damaged(path: str, new: object) -> bytes:
    """Return the good payload with the value at a dotted path replaced; ``...`` removes it."""
    value = json.loads(encode(DATA))
    node: Any = value
    *steps, last = [int(s) if s.isdigit() else s for s in path.split(".")]
    for step in steps:
        node = node[step]
    if new is ...:
        del node[last]
    else:
        node[last] = new
    return raw(value)


PERSON = "originator.originatorPerson.0.naturalPerson"
NAME = f"{PERSON}.name.nameIdentifier.0"


@pytest.mark.parametrize(
    ("path", "new", "told"),
    [
        ("originator", ..., "payload.originator is missing"),
        ("originator", [], "is not an object"),
        ("originator.originatorPerson", [], "names nobody"),
        ("originator.originatorPerson", {}, "not a list"),
        ("originator.accountNumber", ["x"], "belongs to a person"),
        (PERSON, ..., "exactly one of them"),
        ("originator.originatorPerson.0.legalPerson", {"name": {}}, "exactly one of them"),
        ("originator.originatorPerson.0.accountNumber", [7], "accountNumber[0] is not a text"),
        (f"{PERSON}.hobby", "chess", "hobby is unknown"),
        (f"{PERSON}.name", ..., "name is missing"),
        (f"{NAME}.primaryIdentifier", ..., "primaryIdentifier is missing"),
        (f"{NAME}.primaryIdentifier", "", "primaryIdentifier is not a text"),
        (f"{NAME}.primaryIdentifier", "x" * 1_001, "primaryIdentifier is not a text"),
        (f"{NAME}.naturalPersonNameIdentifierType", "NICK", "known are ALIA"),
        (f"{NAME}.nameIdentifierType", "LEGL", "nameIdentifierType is unknown"),
        (f"{PERSON}.dateAndPlaceOfBirth.dateOfBirth", "25/02/1990", "not YYYY-MM-DD"),
        (f"{PERSON}.dateAndPlaceOfBirth.dateOfBirth", "19900225", "not YYYY-MM-DD"),
        (f"{PERSON}.dateAndPlaceOfBirth.dateOfBirth", "1990-02-30", "not YYYY-MM-DD"),
        (f"{PERSON}.geographicAddress.0.addressLine", ["x"] * 8, "list of at most 7"),
        (f"{PERSON}.geographicAddress.0.country", ..., "country is missing"),
        (f"{PERSON}.geographicAddress.0.townName", None, "townName is missing"),
        ("transferPath.transferPath.0.sequence", -1, "whole number"),
        ("transferPath.transferPath.0.sequence", "0", "whole number"),
        ("transferPath.transferPath.0.sequence", True, "whole number"),
        ("payloadMetadata.payloadVersion", "102", "known are 101, 101.2023"),
        ("payloadMetadata.payloadVersion", "101", "uses the names of 101.2023"),
        ("payloadMetadata.transliterationMethod", ["urdu"], "known are arab"),
        ("beneficiary.beneficiaryPersons", [], "mixes the names of two editions"),
        ("originator.originatorPersons", [{}], "names of 101"),
    ],
)
def test_a_damaged_payload_is_refused_and_the_path_named(path: str, new: object, told: str) -> None:
    with pytest.raises(TravelRuleError) as caught:
        decode(damaged(path, new))
    assert told in caught.value.what
    assert caught.value.fix


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"\xff\xfe",
        b'{"a":1,"a":2}',
        b'{"originator":1.5}',
        b'{"originator":NaN}',
        b"[" * 100_000,
        b'{"x":' * 40 + b"1" + b"}" * 40,
        b" " * 300_000,
    ],
)
def test_other_bytes_raise_only_our_error(payload: bytes) -> None:
    for read in (decode, detect_version):
        with pytest.raises(TravelRuleError):
            read(payload)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_payload_with_flipped_bytes_raises_only_our_error(data: st.DataObject) -> None:
    body = bytearray(encode(DATA))
    for _ in range(data.draw(st.integers(1, 3))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    try:
        decode(bytes(body))
    except TravelRuleError:
        return


def test_a_2020_payload_may_say_so_and_keeps_accounts_beside_the_persons() -> None:
    value = json.loads(encode(DATA, version=Version.V2020))
    assert value["originator"]["accountNumber"] == list(DATA.originators[0].account_numbers)
    value["payloadMetadata"]["payloadVersion"] = "101"
    assert decode(raw(value)) == DATA
    value["beneficiary"]["beneficiaryPerson"] = value["beneficiary"].pop("beneficiaryPersons")
    assert decode(raw(value)) == DATA, "the 2020 document itself uses both names"
    value["originator"]["originatorPersons"][0]["accountNumber"] = ["x"]
    with pytest.raises(TravelRuleError, match="beside the persons"):
        decode(raw(value))


def test_the_error_tells_what_2020_would_lose() -> None:
    second = replace(DATA, originators=(*DATA.originators, Party(SARA, ("second",))))
    assert losses_in_2020(second) == ("originatorPerson[1].accountNumber",)
