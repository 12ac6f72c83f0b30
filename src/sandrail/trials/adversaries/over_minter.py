"""The issuer itself tries to create tokens that no rupee stands behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sandrail.trials.adversaries.port import Attack, Scene, Surroundings
from sandrail.trials.population import People
from sandrail.world import Seed

__all__ = ["OverMinter"]


@dataclass(frozen=True, slots=True)
class OverMinter:
    """Asks the gate ``size`` times for an unbacked issue, then goes straight to the contract.

    The last attempt would exceed the published reserve by ``amount_minor``, the ones before it by
    less.

    Attributes:
        label: ground truth number.
        day: the day of the attempts.
        size: attempts on each way.
        amount_minor: excess over the reserve that the last attempt would create.
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
    name: str = "over_minter"

    @property
    def tried(self) -> str:
        """What the attack is, as a sentence."""
        return "The issuer asked for tokens without money behind them, then minted past the gate."

    def recruits(self) -> People | None:
        """Return nobody: the attacker is the issuer."""
        return None

    def act(self, scene: Scene) -> Attack:
        """Try both ways on one day."""
        if scene.day != self.day:
            return Attack()
        headroom = max(0, scene.reserve_minor - scene.supply_minor)
        share = max(1, self.amount_minor // self.size)
        attempts = tuple(headroom + share * (n + 1) for n in range(self.size))
        return Attack(unbacked_issues_minor=attempts, direct_mints_minor=attempts)
