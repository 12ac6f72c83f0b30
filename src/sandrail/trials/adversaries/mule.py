"""Somebody without any link to a listed person, who lends an account: no name shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sandrail.trials.adversaries.account import AccountSeeker
from sandrail.trials.population import People

__all__ = ["Mule"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mule(AccountSeeker):
    """Applies under an own name with own papers, buys and pays for somebody else.

    Screening compares names and numbers, so it serves a mule, and a report has to say so: finding
    one is the work of supervision, which sees what the account does.
    """

    name: ClassVar[str] = "mule"

    @property
    def tried(self) -> str:
        """What the attack is, as a sentence."""
        return f"{self.size} mules without any link to an entry bought and paid."

    def recruits(self) -> People | None:
        """Return ordinary people."""
        return self.persons(self.size)
