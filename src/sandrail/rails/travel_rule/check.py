"""Does a payload obey IVMS101, and is it complete enough for a rule that asks for certain fields?

``check`` holds it against the standard's constraints C1 to C12 and its text types and returns every
violation at once. ``missing_fields`` answers another question: which of the fields that *a pack*
demands are absent; the standard makes nearly everything optional, the law does not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum

from sandrail.rails.errors import TravelRuleError
from sandrail.rails.travel_rule import limits
from sandrail.rails.travel_rule.codes import COUNTRIES, IdKind, LegalNameKind, NaturalNameKind
from sandrail.rails.travel_rule.lei import has_lei_shape, is_lei
from sandrail.rails.travel_rule.model import (
    Address,
    LegalPerson,
    NationalId,
    NaturalPerson,
    Party,
    TravelRuleData,
)

__all__ = ["FIELDS", "Profile", "Violation", "check", "is_complete", "missing_fields"]

_LATIN = re.compile(r"[ -~]+", re.ASCII)
_AUTHORITY = re.compile(r"RA[0-9]{6}", re.ASCII)
_LEGAL_IDS = frozenset({IdKind.REGISTRATION_AUTHORITY, IdKind.OTHER, IdKind.LEI, IdKind.TAX})
_ADDRESS_CHARS_MAX = {
    "department": 50,
    "sub_department": 70,
    "street": 70,
    "building_number": 16,
    "building_name": 35,
    "floor": 70,
    "post_box": 16,
    "room": 70,
    "postcode": 16,
    "town": 35,
    "town_location": 35,
    "district": 35,
    "country_subdivision": 35,
}


class Profile(StrEnum):
    """How strict to be where practice and the standard differ."""

    STANDARD = "standard"
    """IVMS101 as published."""

    STRICT = "strict"
    """Also: a natural person's identifier names its country and no registrar, which some networks
    demand although the standard's own second example does otherwise."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One breach of the standard.

    Attributes:
        rule: ``C1`` to ``C12`` of the standard, ``TEXT`` for its text types, ``LEI`` for check
            digits (the standard asks for the shape only), ``STRICT`` for the stricter profile.
        path: where, in the words of ``TravelRuleData``.
        text: what is wrong.
    """

    rule: str
    path: str
    text: str


def check(
    data: TravelRuleData,
    *,
    today: date,
    authorities: frozenset[str] | None = None,
    profile: Profile = Profile.STANDARD,
) -> tuple[Violation, ...]:
    """Return every breach of the standard, in the order of the payload.

    ``today`` decides what lies in the past. ``authorities`` is GLEIF's list of registrars; without
    it only the shape of their codes is checked.
    """
    rules = _Rules(today, authorities, profile)
    found = [v for path, party in _parties(data) for v in rules.party(party, path)]
    for n, party in enumerate(data.originators):
        found += _originator(party, f"originators[{n}]")
    sequences = [step.sequence for step in data.transfer_path]
    if sorted(sequences) != list(range(len(sequences))):
        text = f"the sequence is {sequences}, not 0 to {len(sequences) - 1} without gaps"
        found.append(Violation("C12", "transfer_path", text))
    return tuple(found)


def _parties(data: TravelRuleData) -> Iterator[tuple[str, Party]]:
    for role, parties in (
        ("originators", data.originators),
        ("beneficiaries", data.beneficiaries),
    ):
        for n, party in enumerate(parties):
            yield f"{role}[{n}]", party
    if data.originating_vasp is not None:
        yield "originating_vasp", data.originating_vasp
    if data.beneficiary_vasp is not None:
        yield "beneficiary_vasp", data.beneficiary_vasp
    for n, step in enumerate(data.transfer_path):
        yield f"transfer_path[{n}].vasp", step.vasp


def _originator(party: Party, path: str) -> Iterator[Violation]:
    person = party.person
    identified = bool(person.national_id or person.customer_id)
    if isinstance(person, NaturalPerson):
        if not (identified or person.addresses or person.birth):
            yield Violation("C1", path, "has no address, national id, customer id or date of birth")
    elif not (identified or any(a.kind.value == "GEOG" for a in person.addresses)):
        yield Violation("C4", path, "has no geographic address, national id or customer id")


@dataclass(frozen=True, slots=True)
class _Rules:
    today: date
    authorities: frozenset[str] | None
    profile: Profile

    def party(self, party: Party, path: str) -> Iterator[Violation]:
        for n, number in enumerate(party.account_numbers):
            yield from _latin(number, f"{path}.account_numbers[{n}]", limits.ACCOUNT_CHARS_MAX)
        person = party.person
        if isinstance(person, NaturalPerson):
            yield from self._natural(person, path)
        else:
            yield from self._legal(person, path)
        yield from _latin(person.customer_id, f"{path}.customer_id", limits.CUSTOMER_ID_CHARS_MAX)
        for n, address in enumerate(person.addresses):
            yield from _address(address, f"{path}.addresses[{n}]")

    def _natural(self, person: NaturalPerson, path: str) -> Iterator[Violation]:
        if not any(name.kind is NaturalNameKind.LEGAL for name in person.names):
            yield Violation("C6", f"{path}.names", "holds no legal name")
        for n, name in enumerate(person.names):
            yield from _latin(name.primary, f"{path}.names[{n}].primary", limits.NAME_CHARS_MAX)
            yield from _latin(name.secondary, f"{path}.names[{n}].secondary", limits.NAME_CHARS_MAX)
        for n, name in enumerate(person.local_names + person.phonetic_names):
            yield from _local(name.primary, f"{path}.local_names[{n}]")
            yield from _local(name.secondary, f"{path}.local_names[{n}]")
        if person.birth is not None:
            if person.birth.day >= self.today:
                yield Violation("C2", f"{path}.birth.day", f"{person.birth.day} is not in the past")
            yield from _latin(
                person.birth.place, f"{path}.birth.place", limits.BIRTHPLACE_CHARS_MAX
            )
        yield from _country(person.country_of_residence, f"{path}.country_of_residence")
        if person.national_id is not None:
            yield from self._national_id(person.national_id, f"{path}.national_id")
            yield from self._strict(person.national_id, f"{path}.national_id")

    def _strict(self, national_id: NationalId, path: str) -> Iterator[Violation]:
        if self.profile is Profile.STRICT and (
            national_id.country_of_issue is None or national_id.registration_authority is not None
        ):
            yield Violation("STRICT", path, "names no country of issue, or names a registrar")

    def _legal(self, person: LegalPerson, path: str) -> Iterator[Violation]:
        if not any(name.kind is LegalNameKind.LEGAL for name in person.names):
            yield Violation("C5", f"{path}.names", "holds no legal name")
        for n, name in enumerate(person.names):
            yield from _latin(name.name, f"{path}.names[{n}].name", limits.NAME_CHARS_MAX)
        for n, name in enumerate(person.local_names + person.phonetic_names):
            yield from _local(name.name, f"{path}.local_names[{n}]")
        yield from _country(person.country_of_registration, f"{path}.country_of_registration")
        if person.national_id is not None:
            yield from self._national_id(person.national_id, f"{path}.national_id")
            yield from _legal_id(person.national_id, f"{path}.national_id")

    def _national_id(self, national_id: NationalId, path: str) -> Iterator[Violation]:
        yield from _latin(national_id.number, f"{path}.number", limits.NATIONAL_ID_CHARS_MAX)
        yield from _country(national_id.country_of_issue, f"{path}.country_of_issue")
        code = national_id.registration_authority
        if code is None:
            return
        if not _AUTHORITY.fullmatch(code):
            yield Violation(
                "C10", f"{path}.registration_authority", f"{code[:20]!r} is not RA000000"
            )
        elif self.authorities is not None and code not in self.authorities:
            yield Violation(
                "C10", f"{path}.registration_authority", f"{code} is not on GLEIF's list"
            )


def _legal_id(national_id: NationalId, path: str) -> Iterator[Violation]:
    if national_id.kind not in _LEGAL_IDS:
        yield Violation("C7", f"{path}.kind", f"{national_id.kind} is not for legal persons")
    if national_id.country_of_issue is not None:
        yield Violation("C9", f"{path}.country_of_issue", "must be absent for a legal person")
    is_lei_kind = national_id.kind is IdKind.LEI
    if is_lei_kind == (national_id.registration_authority is not None):
        need = "must be absent beside an LEI" if is_lei_kind else "must name the registrar"
        yield Violation("C9", f"{path}.registration_authority", need)
    if is_lei_kind and not has_lei_shape(national_id.number):
        yield Violation("C11", f"{path}.number", "is not 18 letters and digits and two digits")
    elif is_lei_kind and not is_lei(national_id.number):
        yield Violation("LEI", f"{path}.number", "has check digits that do not match (ISO 17442)")


def _address(address: Address, path: str) -> Iterator[Violation]:
    building = address.building_number or address.building_name
    if not address.lines and not (address.street and building):
        yield Violation("C8", path, "has neither lines nor a street with a building")
    yield from _country(address.country, f"{path}.country")
    for field in fields(address):
        longest = _ADDRESS_CHARS_MAX.get(field.name)
        if longest is not None:
            yield from _latin(getattr(address, field.name), f"{path}.{field.name}", longest)
    for n, line in enumerate(address.lines):
        yield from _latin(line, f"{path}.lines[{n}]", 70)


def _country(code: str | None, path: str) -> Iterator[Violation]:
    if code is not None and code not in COUNTRIES:
        yield Violation("C3", path, f"{code[:10]!r} is not an ISO 3166-1 code")


def _latin(text: str | None, path: str, chars_max: int) -> Iterator[Violation]:
    if text is not None and (not _LATIN.fullmatch(text) or len(text) > chars_max):
        yield Violation("TEXT", path, f"is not Latin text of 1 to {chars_max} characters")


def _local(text: str | None, path: str) -> Iterator[Violation]:
    if text is not None and not 1 <= len(text) <= limits.NAME_CHARS_MAX:
        yield Violation("TEXT", path, f"is not a text of 1 to {limits.NAME_CHARS_MAX} characters")


# --- completeness ----------------------------------------------------------------------------

Present = Callable[[Party], object]

_OF_A_PERSON: dict[str, Present] = {
    "name": lambda p: p.person.names,
    "local_name": lambda p: p.person.local_names,
    "account": lambda p: p.account_numbers,
    "address": lambda p: p.person.addresses,
    "national_id": lambda p: p.person.national_id,
    "customer_id": lambda p: p.person.customer_id,
    "birth": lambda p: isinstance(p.person, NaturalPerson) and p.person.birth,
    "lei": lambda p: p.person.national_id and p.person.national_id.kind is IdKind.LEI,
}
_ROLES: dict[str, Callable[[TravelRuleData], tuple[Party, ...]]] = {
    "originator": lambda d: d.originators,
    "beneficiary": lambda d: d.beneficiaries,
    "originating_vasp": lambda d: (d.originating_vasp,) if d.originating_vasp else (),
    "beneficiary_vasp": lambda d: (d.beneficiary_vasp,) if d.beneficiary_vasp else (),
}

FIELDS = tuple(f"{role}.{name}" for role in _ROLES for name in _OF_A_PERSON)
"""Every field a rule may ask for, such as ``originator.address``."""


def missing_fields(data: TravelRuleData, required: Iterable[str]) -> tuple[str, ...]:
    """Return those of the required fields that are absent for somebody in their role.

    A requirement may offer a choice: ``originator.address|originator.national_id``.

    Raises:
        TravelRuleError: a requirement that is not one of ``FIELDS``.
    """
    choices = [(choice, [_present(data, f) for f in choice.split("|")]) for choice in required]
    return tuple(choice for choice, present in choices if not any(present))


def is_complete(data: TravelRuleData, required: Iterable[str]) -> bool:
    """Return whether no required field is missing."""
    return not missing_fields(data, required)


def _present(data: TravelRuleData, field: str) -> bool:
    role, _, name = field.partition(".")
    if role not in _ROLES or name not in _OF_A_PERSON:
        raise TravelRuleError(
            f"{field[:60]!r} is not a field that a rule can ask for.",
            why=f"Known are {', '.join(FIELDS)}.",
            fix="Correct the rule in its pack.",
            code="travel_rule.unknown_field",
        )
    parties = _ROLES[role](data)
    return bool(parties) and all(_OF_A_PERSON[name](party) for party in parties)
