"""A structurer moves a sum above the line in parts just below it, and adapts when stopped."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from sandrail.trials.adversaries.attacker import Attacker
from sandrail.trials.adversaries.port import Attack, Fate, Scene
from sandrail.trials.intents import IntentKind, Intents
from sandrail.trials.population import People
from sandrail.world import HOUR_US, MINUTE_US

__all__ = ["Structurer"]

UNDER_LINE_PERCENT = 97
"""Each part stays this close below the published line."""

HALVINGS_MAX = 3
"""However often it is stopped, a part never becomes smaller than an eighth."""

PARTS_A_DAY_MAX = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Structurer(Attacker):
    """Splits one large sum under the single-transfer line and sends it through ``size`` mules.

    It saves up for two days, then moves ``amount_minor`` on each of two more, part after part, to
    one beneficiary. Every part that was stopped on an earlier day halves the next ones.
    """

    name: ClassVar[str] = "structurer"

    @property
    def tried(self) -> str:
        """What the attack is, as a sentence."""
        return f"{self.size} mules moved a large sum in parts below the line, two days running."

    def recruits(self) -> People | None:
        """Return the mules and, last, the beneficiary."""
        count = self.size + 1
        # They give no address, so their travel-rule data stay incomplete.
        return replace(self.persons(count), district=("",) * count, district_ur=("",) * count)

    def act(self, scene: Scene) -> Attack:
        """Save up on the first two days, send on the two days after."""
        since = scene.day - self.day
        part = self.around.transfer_max_minor * UNDER_LINE_PERCENT // 100
        if since in (0, 1):
            mules = scene.mine[:-1]
            return Attack(intents=self.purchases(scene, mules, amount_minor=part, hour=9))
        if since in (2, 3):
            stopped = sum(1 for fate in scene.fates.values() if fate is not Fate.SERVED)
            return Attack(intents=self._send(scene, max(part >> min(stopped, HALVINGS_MAX), 1)))
        return Attack()

    def _send(self, scene: Scene, part: int) -> Intents:
        """Return parts in turn from the mules, a minute apart, until the sum is reached."""
        count = min(PARTS_A_DAY_MAX, -(-self.amount_minor // part))
        return Intents.of(
            self.name,
            scene.day,
            at_us=scene.starts_us + 12 * HOUR_US + np.arange(count) * MINUTE_US,
            kind=IntentKind.PAY,
            payer=np.resize(scene.mine[:-1], count),
            payee=int(scene.mine[-1]),
            amount=part,
            label=self.label,
        )
