"""Whoever only wants an account: what becomes of it shows in a purchase and a payment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sandrail.trials.adversaries.attacker import Attacker
from sandrail.trials.adversaries.port import Attack, ListedPerson, Scene
from sandrail.trials.intents import IntentKind, Intents
from sandrail.world import HOUR_US

__all__ = ["AccountSeeker"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSeeker(Attacker):
    """Sends ``size`` applicants, each of whom buys ``amount_minor`` and pays half of it on."""

    def act(self, scene: Scene) -> Attack:
        """Buy on the first day; on the next pay an honest customer, as any customer does."""
        if not len(scene.mine):
            return Attack()
        if scene.day == self.day:
            bought = self.purchases(scene, scene.mine, amount_minor=self.amount_minor, hour=10)
            return Attack(intents=bought)
        if scene.day == self.day + 1 and len(scene.customers):
            return Attack(intents=self._payments(scene, int(scene.customers[0])))
        return Attack()

    def _payments(self, scene: Scene, payee: int) -> Intents:
        return Intents.of(
            self.name,
            scene.day,
            at_us=scene.starts_us + 11 * HOUR_US + np.arange(len(scene.mine)),
            kind=IntentKind.PAY,
            payer=scene.mine,
            payee=payee,
            amount=self.amount_minor // 2,
            label=self.label,
        )

    def listed_persons(self) -> list[ListedPerson]:
        """Return a listed person for each applicant, drawn by chance; nobody without a list."""
        listed = self.around.listed
        if not listed:
            return []
        chance = self.seed.stream(f"trials/adversary/{self.name}")
        return [listed[n] for n in chance.integers(0, len(listed), self.size).tolist()]
