"""A customer fires many requests at once at one cap, hoping that checks and booking race."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from sandrail.trials.adversaries.port import Attack, Scene, Surroundings
from sandrail.trials.intents import IntentKind, Intents
from sandrail.trials.population import People, draw_persons
from sandrail.world import HOUR_US, Seed

__all__ = ["LimitSplitter"]

SAVING_DAYS = 3


@dataclass(frozen=True, slots=True)
class LimitSplitter:
    """Saves up to more than a day's limit, then sends ``size`` requests in the same instant.

    Attributes:
        label: ground truth number.
        day: the day of the strike; it saves on the days before.
        size: number of concurrent requests.
        amount_minor: of each request; all together far above the day's limit.
        around: the published limits.
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
    name: str = "limit_splitter"

    @property
    def tried(self) -> str:
        """What the attack is, as a sentence."""
        return f"One customer sent {self.size} requests in the same instant at one daily limit."

    def recruits(self) -> People | None:
        """Return the attacker and two accomplices who receive."""
        return draw_persons(f"adversary/{self.name}", 3, seed=self.seed, on=self.on)

    def act(self, scene: Scene) -> Attack:
        """Buy below every limit on the saving days; strike on the day of the plan.

        On that day an ordinary payment and a purchase come first, so that what is left of the
        day's limit is less than the balance: the limit binds, and not the balance.
        """
        attacker, early, late = scene.mine.tolist()
        part = self.around.transfer_max_minor
        if self.day - SAVING_DAYS <= scene.day < self.day:
            room = self.around.holding_max_minor - int(scene.balance_minor[0])
            amount = min(part, room)
            return Attack() if amount < 1 else Attack(intents=self._save(scene, attacker, amount))
        if scene.day != self.day:
            return Attack()
        before = Intents.of(
            self.name + "/before",
            scene.day,
            at_us=scene.starts_us + np.array([9, 12]) * HOUR_US,
            kind=[IntentKind.PAY, IntentKind.BUY],
            payer=attacker,
            payee=[early, attacker],
            amount=part,
            label=self.label,
        )
        strike = Intents.of(
            self.name,
            scene.day,
            at_us=np.full(self.size, scene.starts_us + 16 * HOUR_US, dtype=np.int64),
            kind=IntentKind.PAY,
            payer=attacker,
            payee=late,
            amount=self.amount_minor,
            label=self.label,
        )
        return Attack(intents=before, concurrent=strike)

    def _save(self, scene: Scene, attacker: int, amount: int) -> Intents:
        return Intents.of(
            self.name,
            scene.day,
            at_us=scene.starts_us + 9 * HOUR_US,
            kind=IntentKind.BUY,
            payer=attacker,
            amount=amount,
            label=self.label,
        )
