"""A structurer moves a sum above the line in parts just below it, and adapts when stopped."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from sandrail.trials.adversaries.port import Attack, Fate, Scene, Surroundings
from sandrail.trials.intents import IntentKind, Intents
from sandrail.trials.population import People, draw_persons
from sandrail.world import HOUR_US, Seed

__all__ = ["Structurer"]

UNDER_LINE_PERCENT = 97
"""Each part stays this close below the published line."""


@dataclass(frozen=True, slots=True)
class Structurer:
    """Splits one large sum under the single-transfer line and sends it through ``size`` mules.

    It saves up for two days, then sends part after part to one beneficiary. When a part is stopped
    it makes the next one smaller and uses the next mule.

    Attributes:
        label: ground truth number.
        day: first day of action.
        size: number of mules.
        amount_minor: the sum it wants to move on each day.
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
    name: str = "structurer"

    @property
    def tried(self) -> str:
        """What the attack is, as a sentence."""
        return f"{self.size} mules moved a large sum in parts below the line, two days running."

    def recruits(self) -> People | None:
        """Return the mules and, last, the beneficiary."""
        count = self.size + 1
        people = draw_persons(f"adversary/{self.name}", count, seed=self.seed, on=self.on)
        # They give no address, so their travel-rule data stay incomplete.
        return replace(people, district=("",) * count, district_ur=("",) * count)

    def act(self, scene: Scene) -> Attack:
        """Save up on the first two days, send on the two days after."""
        since = scene.day - self.day
        part = self.around.transfer_max_minor * UNDER_LINE_PERCENT // 100
        if since in (0, 1):
            return Attack(intents=self._save(scene, part))
        if since in (2, 3):
            stopped = sum(1 for fate in scene.fates.values() if fate is not Fate.SERVED)
            return Attack(intents=self._send(scene, max(part >> min(stopped, 3), 1)))
        return Attack()

    def _save(self, scene: Scene, part: int) -> Intents:
        mules = scene.mine[:-1]
        return Intents.of(
            self.name,
            scene.day,
            at_us=scene.starts_us + 9 * HOUR_US + np.arange(len(mules)),
            kind=IntentKind.BUY,
            payer=mules,
            amount=part,
            label=self.label,
        )

    def _send(self, scene: Scene, part: int) -> Intents:
        """Return parts in turn from the mules until the sum is reached; at most 64 of them."""
        count = min(64, -(-self.amount_minor // part))
        mules = np.resize(scene.mine[:-1], count)
        return Intents.of(
            self.name,
            scene.day,
            at_us=scene.starts_us + 12 * HOUR_US + np.arange(count) * 60_000_000,
            kind=IntentKind.PAY,
            payer=mules,
            payee=int(scene.mine[-1]),
            amount=part,
            label=self.label,
        )
