"""What would travel with a customer's transfers, and whether the pack's fields are all there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sandrail.controls import RowFact
from sandrail.rails.chain import Address as Wallet
from sandrail.rails.chain import checksum_text
from sandrail.rails.travel_rule import (
    Address,
    AddressKind,
    Birth,
    IdKind,
    NationalId,
    NaturalName,
    NaturalPerson,
    Party,
    TravelRuleData,
    check,
    missing_fields,
)
from sandrail.rulebook import RuleSet
from sandrail.trials.population import People

__all__ = ["completeness", "travel_party"]

COUNTRY = "PK"

_FIELDS = {"date_of_birth": "birth"}
"""Where a pack's word for a datum differs from the standard's."""


def travel_party(people: People, row: int, *, wallet: Wallet) -> Party:
    """Return a person as IVMS101 has it; what the person withheld is absent."""
    given, _, family = people.name[row].rpartition(" ")
    town = people.district[row]
    urdu = people.name_ur[row]
    home = Address(AddressKind.HOME, COUNTRY, town, lines=(f"District {town}",))
    person = NaturalPerson(
        names=(NaturalName(family, given or None),),
        local_names=(NaturalName(urdu),) if urdu else (),
        addresses=(home,) if town else (),
        national_id=NationalId(people.cnic[row].replace("-", ""), IdKind.IDENTITY_CARD, COUNTRY),
        birth=Birth(people.born[row], town or COUNTRY),
        country_of_residence=COUNTRY,
    )
    return Party(person, (checksum_text(wallet),))


def completeness(party: Party, rules: RuleSet, *, today: date) -> RowFact:
    """Return which roles the party's data suffice for: originator, beneficiary, both or none.

    Data that violate the standard suffice for nothing.
    """
    data = TravelRuleData(originators=(party,), beneficiaries=(party,))
    if check(data, today=today):
        return RowFact(0)
    facts = RowFact(0)
    roles = (
        ("originator", RowFact.ORIGINATOR_COMPLETE),
        ("beneficiary", RowFact.BENEFICIARY_COMPLETE),
    )
    for role, bit in roles:
        rule = rules.get(f"G21.{role}_fields")
        wanted: Sequence[str] = () if rule is None else rule.names
        fields = [f"{role}.{_FIELDS.get(name, name)}" for name in wanted]
        if not missing_fields(data, fields):
            facts |= bit
    return facts
