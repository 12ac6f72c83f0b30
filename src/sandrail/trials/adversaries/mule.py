"""Somebody without any link to a listed person, who lends an account: no name shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sandrail.trials.adversaries.account import buy_then_pay
from sandrail.trials.adversaries.port import Attack, Scene, Surroundings
from sandrail.trials.population import People, draw_persons
from sandrail.world import Seed

__all__ = ["Mule"]


@dataclass(frozen=True, slots=True)
class Mule:
    """Applies under an own name with own papers, buys and pays for somebody else.

    Screening compares names and numbers, so it serves a mule, and a report has to say so: finding
    one is the work of supervision, which sees what the account does.

    Attributes:
        label: ground truth number.
        day: first day of action.
        size: number of mules.
        amount_minor: what each purchase is worth.
        around: the trial's fixed facts.
        seed: of the trial.
        on: first day of the trial.
    """

    label: int
    day: int
    size: int
    amount_minor: int
    around: Surroundings
    seed: Seed
    on: date
    name: str = "mule"

    @property
    def tried(self) -> str:
        """What was tried, as a sentence."""
        return f"{self.size} mules without any link to an entry bought and paid."

    def recruits(self) -> People | None:
        """Return ordinary people."""
        return draw_persons(f"adversary/{self.name}", self.size, seed=self.seed, on=self.on)

    def act(self, scene: Scene) -> Attack:
        """Buy on the first day and pay on the second, as any customer does."""
        return buy_then_pay(
            scene, by=self.name, label=self.label, day=self.day, amount_minor=self.amount_minor
        )
