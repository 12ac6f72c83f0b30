"""What every adversary has in common: what a plan tells it, whom it draws, and how it buys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from sandrail.trials.adversaries.port import Scene, Surroundings
from sandrail.trials.intents import IntentKind, Intents
from sandrail.trials.population import People, draw_persons
from sandrail.world import HOUR_US, Seed

__all__ = ["Attacker"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attacker:
    """An adversary as a plan invites it; what a number means to it, each kind says itself.

    Attributes:
        name: of the kind, as a plan writes it; it names the streams of chance and of ids.
        label: ground truth number, from 1.
        day: of the attack, from 1.
        size: how many recruits, requests or attempts.
        amount_minor: how much, minor units of the token.
        around: the trial's fixed facts.
        seed: of this adversary alone.
        on: first day of the trial, against which ages are counted.
    """

    name: ClassVar[str]

    label: int
    day: int
    size: int
    amount_minor: int
    around: Surroundings
    seed: Seed
    on: date

    def recruits(self) -> People | None:
        """Return nobody: an attack may need no account of its own."""
        return None

    def persons(self, count: int) -> People:
        """Return ``count`` ordinary people with papers of their own, the same at every call."""
        return draw_persons(f"adversary/{self.name}", count, seed=self.seed, on=self.on)

    def purchases(
        self, scene: Scene, buyers: npt.NDArray[np.int64], *, amount_minor: int, hour: int
    ) -> Intents:
        """Return one purchase by each buyer, a microsecond apart from an hour of the day on."""
        return Intents.of(
            self.name,
            scene.day,
            at_us=scene.starts_us + hour * HOUR_US + np.arange(len(buyers)),
            kind=IntentKind.BUY,
            payer=buyers,
            amount=amount_minor,
            label=self.label,
        )
