"""From drawn people to identities for screening, and from a list to persons worth posing as."""

from __future__ import annotations

from collections.abc import Sequence

from sandrail.screening import Kind, ListEntry, PartialDate, PartyIdentity, ScreeningList
from sandrail.trials.adversaries.port import ListedPerson
from sandrail.trials.population import People

__all__ = ["identity_of", "listed_persons"]

COUNTRY = "PK"


def identity_of(people: People, row: int, *, party_no: int) -> PartyIdentity:
    """Return what screening is told about one person: the identity document, no ground truth."""
    born = people.born[row]
    urdu = people.name_ur[row]
    return PartyIdentity(
        party_no=party_no,
        name=people.name[row],
        other_names=(urdu,) if urdu else (),
        father_name=people.father_name[row],
        dob=PartialDate(born.year, born.month, born.day),
        cnic=people.cnic[row],
        country=COUNTRY,
        place=people.district[row],
    )


def listed_persons(lists: Sequence[ScreeningList]) -> tuple[ListedPerson, ...]:
    """Return the persons of the lists in whose disguise an adversary may come, in list order."""
    return tuple(
        _listed(entry)
        for one in lists
        for entry in one.entries
        if entry.kind is Kind.PERSON and len(entry.name.split()) > 1
    )


def _listed(entry: ListEntry) -> ListedPerson:
    original = [item.text for item in entry.names if not item.text.isascii()]
    whole = [date for date in entry.dobs if date.whole]
    known = (whole or list(entry.dobs))[:1]
    born = ""
    if whole:
        born = f"{whole[0].year:04d}-{whole[0].month:02d}-{whole[0].day:02d}"
    elif known:
        born = f"{known[0].year:04d}"
    return ListedPerson(
        name=entry.name,
        name_original=original[0] if original else "",
        father_name=entry.father_names[0] if entry.father_names else "",
        born=born,
        entry=entry.id,
        cnic=next((i.value for i in entry.identifiers if i.scheme == "cnic"), ""),
    )
