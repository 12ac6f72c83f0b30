"""A listed person tries to become a customer under several disguises, then to move value."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import ClassVar

from sandrail.trials.adversaries.account import AccountSeeker
from sandrail.trials.adversaries.port import ListedPerson
from sandrail.trials.population import People

__all__ = ["DISGUISES", "Disguise", "SanctionedPerson", "disguises"]

_HOMOGLYPHS = str.maketrans({"a": "а", "e": "е", "o": "о", "i": "і", "c": "с"})
"""Latin letters and their Cyrillic look-alikes."""

_DIGITS = str.maketrans({"a": "4", "e": "3", "i": "1", "o": "0", "s": "5"})
_ACCENTS = str.maketrans({"a": "á", "e": "ê", "i": "ï", "o": "ö", "u": "ů"})
_KEYBOARD = str.maketrans({"ک": "ك", "ی": "ي", "ہ": "ه", "گ": "ك"})
"""Urdu letters and what an Arabic keyboard has in their place."""

_YEAR = re.compile(r"(?:19|20)[0-9]{2}")

_RESPELLINGS = (
    ("Muhammad", "Mohd"),
    ("Mohammed", "Muhamad"),
    ("Abdul ", "Abd al-"),
    ("q", "k"),
    ("sh", "sch"),
    ("ee", "i"),
    ("oo", "u"),
    ("z", "dh"),
)

_FRENCH = (
    ("sh", "ch"),
    ("j", "dj"),
    ("J", "Dj"),
    ("oo", "ou"),
    ("u", "ou"),
    ("w", "ou"),
    ("W", "Ou"),
)
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Disguise:
    """How one application differs from the list.

    Attributes:
        name: as written; empty to apply under the name of somebody else.
        days: added to the date of birth; turned: day and month exchanged, where that is a date.
        same_father: whether the listed father is named, where the list names one.
        own_number: whether the listed national number is given.
    """

    name: str
    days: int = 0
    turned: bool = False
    same_father: bool = True
    own_number: bool = False


DISGUISES: tuple[str, ...] = (
    "none: the name as listed",
    "the original script",
    "another transliteration",
    "words in reverse order",
    "last name dropped, or two names joined",
    "Cyrillic look-alike letters",
    "hyphens for spaces",
    "titles before and after",
    "the first two words joined",
    "every word cut in two",
    "digits for letters",
    "accents on the letters",
    "an initial for the first name",
    "French spelling",
    "Muhammad put in front",
    "letters of another keyboard",
    "a date of birth one day off",
    "day and month of birth exchanged",
    "another father's name",
    "another person's name, own national number",
)
"""What the attempts try, in their order; the number of attempts may be larger or smaller."""


def disguises(person: ListedPerson) -> tuple[Disguise, ...]:
    """Return a disguise for each of ``DISGUISES``, from none at all to another person's name."""
    name, parts = person.name, person.name.split()
    spellings = (
        name,
        person.name_original or name.upper(),
        _respelt(name),
        " ".join(reversed(parts)),
        " ".join(parts[:-1]) if len(parts) > 2 else name.replace(" ", ""),
        name.translate(_HOMOGLYPHS),
        " ".join(parts).replace(" ", "-"),
        f"Haji {name} Sahib",
        name.replace(" ", "", 1),
        " ".join(f"{one[: len(one) // 2]} {one[len(one) // 2 :]}" for one in parts),
        name.translate(_DIGITS),
        name.translate(_ACCENTS),
        f"{name[0]}. {' '.join(parts[1:])}",
        _respelt(name, _FRENCH),
        f"Muhammad {name}",
        person.name_original.translate(_KEYBOARD) or name.lower(),
    )
    return (
        *(Disguise(spelling) for spelling in spellings),
        Disguise(name, days=1),
        Disguise(name, turned=True),
        Disguise(name, same_father=False),
        Disguise("" if person.cnic else name, same_father=False, own_number=True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SanctionedPerson(AccountSeeker):
    """Applies ``size`` times, each time in another disguise, and uses whatever account gets in."""

    name: ClassVar[str] = "sanctioned_person"

    @property
    def tried(self) -> str:
        """What the attack is, as a sentence."""
        return f"A listed person applied under {self.size} disguises, bought and paid."

    def recruits(self) -> People | None:
        """Return the disguised applications; nothing when no list is loaded."""
        listed = self.listed_persons()
        if not listed:
            return None
        drawn = self.persons(self.size)
        worn = [disguises(who)[n % len(DISGUISES)] for n, who in enumerate(listed)]
        dressed = tuple(zip(listed, worn, strict=True))
        return replace(
            drawn,
            name=tuple(
                disguise.name or other for disguise, other in zip(worn, drawn.name, strict=True)
            ),
            # A disguise shows one spelling only: an Urdu name beside it would give it away.
            name_ur=("",) * self.size,
            father_name=tuple(
                (who.father_name if disguise.same_father else "") or other
                for (who, disguise), other in zip(dressed, drawn.father_name, strict=True)
            ),
            born=tuple(
                _born(who, other, disguise)
                for (who, disguise), other in zip(dressed, drawn.born, strict=True)
            ),
            cnic=tuple(
                (who.cnic if disguise.own_number else "") or other
                for (who, disguise), other in zip(dressed, drawn.cnic, strict=True)
            ),
        )


def _respelt(name: str, spellings: tuple[tuple[str, str], ...] = _RESPELLINGS) -> str:
    for old, new in spellings:
        name = name.replace(old, new)
    return name


def _born(person: ListedPerson, otherwise: date, disguise: Disguise) -> date:
    """Return a date of birth that fits what the list says: a disguise keeps its passport.

    Somebody whose date differs too would be a namesake, whom screening has to let through.
    """
    if not disguise.name:
        return otherwise
    try:
        born = date.fromisoformat(person.born)
    except ValueError:
        year = _YEAR.search(person.born)
        return (
            otherwise.replace(year=int(year[0]), day=min(otherwise.day, 28)) if year else otherwise
        )
    if disguise.turned and born.day <= MONTHS:
        return born.replace(month=born.day, day=born.month)
    return born + timedelta(days=disguise.days)
