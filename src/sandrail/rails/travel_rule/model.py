"""Who sends and who receives: the content of a travel-rule message, independent of its edition."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sandrail.rails.travel_rule.codes import (
    AddressKind,
    IdKind,
    LegalNameKind,
    NaturalNameKind,
    Transliteration,
)

__all__ = [
    "Address",
    "Birth",
    "Intermediary",
    "LegalName",
    "LegalPerson",
    "NationalId",
    "NaturalName",
    "NaturalPerson",
    "Party",
    "TravelRuleData",
]


@dataclass(frozen=True, slots=True)
class NaturalName:
    """A person's name.

    Attributes:
        primary: the family name, or the whole name where it cannot be divided.
        secondary: the given names.
        kind: legal, at birth, alias and so on.
    """

    primary: str
    secondary: str | None = None
    kind: NaturalNameKind = NaturalNameKind.LEGAL


@dataclass(frozen=True, slots=True)
class LegalName:
    """A company's name.

    Attributes:
        name: the name.
        kind: legal, short or trading.
    """

    name: str
    kind: LegalNameKind = LegalNameKind.LEGAL


@dataclass(frozen=True, slots=True)
class Address:
    """Where somebody can be found: by street and building, or by free lines.

    Attributes:
        kind: home, business or simply geographic.
        country: ISO 3166-1 alpha-2, or ``XX``.
        town: the town or city.
        street: with a building's number or name it suffices.
        building_number: as written; need not be a number.
        building_name: of the building or house.
        department: of a large organisation.
        sub_department: of the department.
        floor: the storey.
        room: the room.
        post_box: where letters wait.
        postcode: for sorting mail.
        town_location: a part of the town.
        district: a part of the country's subdivision.
        country_subdivision: a province or state.
        lines: free text, at most seven lines.
    """

    kind: AddressKind
    country: str
    town: str
    street: str | None = None
    building_number: str | None = None
    building_name: str | None = None
    department: str | None = None
    sub_department: str | None = None
    floor: str | None = None
    room: str | None = None
    post_box: str | None = None
    postcode: str | None = None
    town_location: str | None = None
    district: str | None = None
    country_subdivision: str | None = None
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NationalId:
    """An identifier that a state or a registrar gave.

    Attributes:
        number: the identifier.
        kind: passport, identity card, LEI and so on.
        country_of_issue: ISO 3166-1 alpha-2; for natural persons.
        registration_authority: GLEIF's code of the registrar, ``RA`` and six digits.
    """

    number: str
    kind: IdKind
    country_of_issue: str | None = None
    registration_authority: str | None = None


@dataclass(frozen=True, slots=True)
class Birth:
    """When and where a person was born.

    Attributes:
        day: the date.
        place: town, region or country.
    """

    day: date
    place: str


@dataclass(frozen=True, slots=True)
class NaturalPerson:
    """A human being.

    Attributes:
        names: in Latin letters; at least one is the legal name.
        local_names: in the person's own script.
        phonetic_names: as they are pronounced.
        addresses: where the person can be found.
        national_id: given by a state.
        customer_id: given by the institution.
        birth: when and where.
        country_of_residence: ISO 3166-1 alpha-2, or ``XX``.
    """

    names: tuple[NaturalName, ...]
    local_names: tuple[NaturalName, ...] = ()
    phonetic_names: tuple[NaturalName, ...] = ()
    addresses: tuple[Address, ...] = ()
    national_id: NationalId | None = None
    customer_id: str | None = None
    birth: Birth | None = None
    country_of_residence: str | None = None


@dataclass(frozen=True, slots=True)
class LegalPerson:
    """A company or another legal person.

    Attributes:
        names: in Latin letters; at least one is the legal name.
        local_names: in its own script.
        phonetic_names: as they are pronounced.
        addresses: where it can be found.
        national_id: an LEI, a tax number or a registrar's number.
        customer_id: given by the institution.
        country_of_registration: ISO 3166-1 alpha-2, or ``XX``.
    """

    names: tuple[LegalName, ...]
    local_names: tuple[LegalName, ...] = ()
    phonetic_names: tuple[LegalName, ...] = ()
    addresses: tuple[Address, ...] = ()
    national_id: NationalId | None = None
    customer_id: str | None = None
    country_of_registration: str | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """A person in a role, natural or legal but never both, with the accounts used.

    Attributes:
        person: who.
        account_numbers: wallet addresses or account numbers of the transfer.
    """

    person: NaturalPerson | LegalPerson
    account_numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Intermediary:
    """A VASP that passes the transfer on.

    Attributes:
        vasp: who.
        sequence: its place in the chain, from 0.
    """

    vasp: Party
    sequence: int


@dataclass(frozen=True, slots=True)
class TravelRuleData:
    """What must travel with a transfer.

    Attributes:
        originators: whose money it is; at least one.
        beneficiaries: who receives it; at least one.
        originating_vasp: who sends for the originator.
        beneficiary_vasp: who receives for the beneficiary.
        transfer_path: who passes it on in between.
        transliterations: from which scripts the Latin names were made.
    """

    originators: tuple[Party, ...]
    beneficiaries: tuple[Party, ...]
    originating_vasp: Party | None = None
    beneficiary_vasp: Party | None = None
    transfer_path: tuple[Intermediary, ...] = ()
    transliterations: tuple[Transliteration, ...] = ()
