"""An innocent bearer of a listed name: another father, another date of birth, to be served."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar

from sandrail.trials.adversaries.account import AccountSeeker
from sandrail.trials.population import People

__all__ = ["Namesake"]

YEARS_APART = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Namesake(AccountSeeker):
    """Applies under a listed name with papers that show somebody else, buys and pays.

    Who is turned away here is one of the innocent whom a regulator asks about.
    """

    name: ClassVar[str] = "namesake"

    @property
    def tried(self) -> str:
        """What the attack is, as a sentence."""
        return f"{self.size} innocent bearers of a listed name bought and paid."

    def recruits(self) -> People | None:
        """Return people who share a listed name and nothing else; nothing without a list."""
        listed = self.listed_persons()
        if not listed:
            return None
        people = self.persons(self.size)
        born = zip(people.born, listed, strict=True)
        return replace(
            people,
            name=tuple(who.name for who in listed),
            name_ur=("",) * self.size,
            born=tuple(_apart(day, who.born) for day, who in born),
        )


def _apart(day: date, listed: str) -> date:
    """Return a day of birth many years from the listed one, on the side of the younger."""
    year = int(listed[:4]) if listed[:4].isdigit() else day.year
    return date(max(year + YEARS_APART, day.year), day.month, min(day.day, 28))
