"""A customer fires many requests at once at one cap, hoping that checks and booking race."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sandrail.trials.adversaries.attacker import Attacker
from sandrail.trials.adversaries.port import Attack, Scene
from sandrail.trials.intents import IntentKind, Intents
from sandrail.trials.population import People
from sandrail.world import HOUR_US

__all__ = ["LimitSplitter"]

SAVING_DAYS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitSplitter(Attacker):
    """Saves up to more than a day's limit, then sends ``size`` requests in the same instant.

    All of them together, ``amount_minor`` each, are far above the day's limit.
    """

    name: ClassVar[str] = "limit_splitter"

    @property
    def tried(self) -> str:
        """What the attack is, as a sentence."""
        return f"One customer sent {self.size} requests in the same instant at one daily limit."

    def recruits(self) -> People | None:
        """Return the attacker and two accomplices who receive."""
        return self.persons(3)

    def act(self, scene: Scene) -> Attack:
        """Buy below every limit on the saving days; strike on the day of the plan."""
        if self.day - SAVING_DAYS <= scene.day < self.day:
            return self._save(scene)
        return self._strike(scene) if scene.day == self.day else Attack()

    def _save(self, scene: Scene) -> Attack:
        room = self.around.holding_max_minor - int(scene.balance_minor[0])
        amount = min(self.around.transfer_max_minor, room)
        if amount < 1:
            return Attack()
        return Attack(intents=self.purchases(scene, scene.mine[:1], amount_minor=amount, hour=9))

    def _strike(self, scene: Scene) -> Attack:
        """Return the requests of the instant, after an ordinary payment and a purchase.

        These two leave less of the day's limit than the balance: the limit binds, not the balance.
        """
        attacker, early, late = scene.mine.tolist()
        before = Intents.of(
            self.name + "/before",
            scene.day,
            at_us=scene.starts_us + np.array([9, 12]) * HOUR_US,
            kind=[IntentKind.PAY, IntentKind.BUY],
            payer=attacker,
            payee=[early, attacker],
            amount=self.around.transfer_max_minor,
            label=self.label,
        )
        at_once = Intents.of(
            self.name,
            scene.day,
            at_us=np.full(self.size, scene.starts_us + 16 * HOUR_US, dtype=np.int64),
            kind=IntentKind.PAY,
            payer=attacker,
            payee=late,
            amount=self.amount_minor,
            label=self.label,
        )
        return Attack(intents=before, concurrent=at_once)
