"""An innocent bearer of a listed name: another father, another date of birth, to be served."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from sandrail.trials.adversaries.account import buy_then_pay
from sandrail.trials.adversaries.port import Attack, Scene, Surroundings
from sandrail.trials.population import People, draw_persons
from sandrail.world import Seed

__all__ = ["Namesake"]

YEARS_APART = 20


@dataclass(frozen=True, slots=True)
class Namesake:
    """Applies under a listed name with papers that show somebody else, buys and pays.

    Who is turned away here is one of the innocent whom a regulator asks about.

    Attributes:
        label: ground truth number.
        day: first day of action.
        size: number of namesakes.
        amount_minor: what each purchase is worth.
        around: the trial's fixed facts, with the listed persons.
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
    name: str = "namesake"

    @property
    def tried(self) -> str:
        """What was tried, as a sentence."""
        return f"{self.size} innocent bearers of a listed name bought and paid."

    def recruits(self) -> People | None:
        """Return people who share a listed name and nothing else; nothing without a list."""
        if not self.around.listed:
            return None
        people = draw_persons(f"adversary/{self.name}", self.size, seed=self.seed, on=self.on)
        pick = self.seed.stream(f"trials/adversary/{self.name}")
        chosen = pick.integers(0, len(self.around.listed), self.size).tolist()
        persons = [self.around.listed[n] for n in chosen]
        return replace(
            people,
            name=tuple(who.name for who in persons),
            name_ur=("",) * self.size,
            born=tuple(
                _apart(day, who.born) for day, who in zip(people.born, persons, strict=True)
            ),
        )

    def act(self, scene: Scene) -> Attack:
        """Buy on the first day and pay on the second, as any customer does."""
        return buy_then_pay(
            scene, by=self.name, label=self.label, day=self.day, amount_minor=self.amount_minor
        )


def _apart(day: date, listed: str) -> date:
    """Return a day of birth many years from the listed one, on the side of the younger."""
    year = int(listed[:4]) if listed[:4].isdigit() else day.year
    return date(max(year + YEARS_APART, day.year), day.month, min(day.day, 28))
