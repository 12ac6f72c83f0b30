"""IVMS101 as JSON, in either edition.

The editions differ in four names (``originatorPersons`` / ``originatorPerson``, the same for
beneficiaries, the type of a natural person's Latin name, a company's customer number), in the
place of account numbers (on the originator as a whole / on each person) and in the version mark.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from sandrail.rails.errors import TravelRuleError
from sandrail.rails.travel_rule.codes import Version
from sandrail.rails.travel_rule.model import (
    Address,
    LegalName,
    LegalPerson,
    NationalId,
    NaturalName,
    NaturalPerson,
    Party,
    TravelRuleData,
)
from sandrail.world import canonical_bytes

__all__ = ["ADDRESS_KEYS", "encode", "losses_in_2020"]

Json = dict[str, object]

ADDRESS_KEYS: Mapping[str, str] = {
    "kind": "addressType",
    "department": "department",
    "sub_department": "subDepartment",
    "street": "streetName",
    "building_number": "buildingNumber",
    "building_name": "buildingName",
    "floor": "floor",
    "post_box": "postBox",
    "room": "room",
    "postcode": "postcode",
    "town": "townName",
    "town_location": "townLocationName",
    "district": "districtName",
    "country_subdivision": "countrySubDivision",
    "lines": "addressLine",
    "country": "country",
}


def encode(data: TravelRuleData, *, version: Version = Version.V2023) -> bytes:
    """Return the payload as canonical JSON; the same data always has the same bytes.

    Raises:
        TravelRuleError: the 2020 edition has no place for something the data holds; the error
            names it (code ``travel_rule.lossy``).
    """
    if version is Version.V2020:
        lost = losses_in_2020(data)
        if lost:
            raise TravelRuleError(
                "The 2020 edition of IVMS101 cannot carry this payload whole.",
                why=f"It has no place for {', '.join(lost)}.",
                fix="Send the 2023 edition, or leave those account numbers out knowingly.",
                code="travel_rule.lossy",
                fields_lost=", ".join(lost),
            )
    return canonical_bytes(_payload(data, version))


def losses_in_2020(data: TravelRuleData) -> tuple[str, ...]:
    """Return the paths of what the 2020 edition has no place for; empty when nothing is lost.

    That edition keeps account numbers for all originators together, and for all beneficiaries;
    so whose account it is can be told only where the first person has them all.
    """
    lost = []
    for role, parties in (
        ("originatorPerson", data.originators),
        ("beneficiaryPerson", data.beneficiaries),
    ):
        lost += [
            f"{role}[{n}].accountNumber" for n, p in enumerate(parties) if n and p.account_numbers
        ]
    vasps = [("originatingVASP", data.originating_vasp), ("beneficiaryVASP", data.beneficiary_vasp)]
    vasps += [(f"transferPath[{i.sequence}]", i.vasp) for i in data.transfer_path]
    lost += [f"{name}.accountNumber" for name, vasp in vasps if vasp and vasp.account_numbers]
    return tuple(lost)


def _payload(data: TravelRuleData, version: Version) -> Json:
    payload: Json = {
        "originator": _side("originatorPerson", data.originators, version),
        "beneficiary": _side("beneficiaryPerson", data.beneficiaries, version),
    }
    if data.originating_vasp is not None:
        payload["originatingVASP"] = {"originatingVASP": _party(data.originating_vasp, version)}
    if data.beneficiary_vasp is not None:
        payload["beneficiaryVASP"] = {"beneficiaryVASP": _party(data.beneficiary_vasp, version)}
    if data.transfer_path:
        path = [
            {"intermediaryVASP": _party(step.vasp, version), "sequence": step.sequence}
            for step in data.transfer_path
        ]
        payload["transferPath"] = {"transferPath": path}
    metadata: Json = {}
    if data.transliterations:
        metadata["transliterationMethod"] = [code.value for code in data.transliterations]
    if version is Version.V2023:
        metadata["payloadVersion"] = version.value
    if metadata:
        payload["payloadMetadata"] = metadata
    return payload


def _side(name: str, parties: tuple[Party, ...], version: Version) -> Json:
    if version is Version.V2023:
        return {name: [_party(party, version) for party in parties]}
    side: Json = {f"{name}s": [_party(party, version) for party in parties]}
    if parties and parties[0].account_numbers:
        side["accountNumber"] = list(parties[0].account_numbers)
    return side


def _party(party: Party, version: Version) -> Json:
    if isinstance(party.person, NaturalPerson):
        body: Json = {"naturalPerson": _natural(party.person, version)}
    else:
        body = {"legalPerson": _legal(party.person, version)}
    if party.account_numbers and version is Version.V2023:
        body["accountNumber"] = list(party.account_numbers)
    return body


def _natural(person: NaturalPerson, version: Version) -> Json:
    kind = "nameIdentifierType"
    latin = "naturalPersonNameIdentifierType" if version is Version.V2023 else kind
    name = {
        "nameIdentifier": [_natural_name(n, latin) for n in person.names],
        "localNameIdentifier": [_natural_name(n, kind) for n in person.local_names],
        "phoneticNameIdentifier": [_natural_name(n, kind) for n in person.phonetic_names],
    }
    birth = person.birth
    return _without_gaps(
        {
            "name": _without_gaps(name),
            "geographicAddress": [_address(a) for a in person.addresses],
            "nationalIdentification": _national_id(person.national_id),
            "customerIdentification": person.customer_id,
            "dateAndPlaceOfBirth": birth
            and {"dateOfBirth": birth.day.isoformat(), "placeOfBirth": birth.place},
            "countryOfResidence": person.country_of_residence,
        }
    )


def _legal(person: LegalPerson, version: Version) -> Json:
    customer = "customerIdentification" if version is Version.V2023 else "customerNumber"
    name = {
        "nameIdentifier": [_legal_name(n) for n in person.names],
        "localNameIdentifier": [_legal_name(n) for n in person.local_names],
        "phoneticNameIdentifier": [_legal_name(n) for n in person.phonetic_names],
    }
    return _without_gaps(
        {
            "name": _without_gaps(name),
            "geographicAddress": [_address(a) for a in person.addresses],
            "nationalIdentification": _national_id(person.national_id),
            customer: person.customer_id,
            "countryOfRegistration": person.country_of_registration,
        }
    )


def _natural_name(name: NaturalName, kind_key: str) -> Json:
    return _without_gaps(
        {
            "primaryIdentifier": name.primary,
            "secondaryIdentifier": name.secondary,
            kind_key: name.kind.value,
        }
    )


def _legal_name(name: LegalName) -> Json:
    return {"legalPersonName": name.name, "legalPersonNameIdentifierType": name.kind.value}


def _address(address: Address) -> Json:
    values = {ADDRESS_KEYS[f.name]: getattr(address, f.name) for f in fields(address)}
    values["addressType"] = address.kind.value
    values["addressLine"] = list(address.lines)
    return _without_gaps(values)


def _national_id(national_id: NationalId | None) -> Json | None:
    if national_id is None:
        return None
    return _without_gaps(
        {
            "nationalIdentifier": national_id.number,
            "nationalIdentifierType": national_id.kind.value,
            "countryOfIssue": national_id.country_of_issue,
            "registrationAuthority": national_id.registration_authority,
        }
    )


def _without_gaps(values: Mapping[str, object]) -> Json:
    return {key: value for key, value in values.items() if value is not None and value != []}
