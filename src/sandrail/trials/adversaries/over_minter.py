"""The issuer itself tries to create tokens that no rupee stands behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sandrail.trials.adversaries.attacker import Attacker
from sandrail.trials.adversaries.port import Attack, Scene

__all__ = ["OverMinter"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OverMinter(Attacker):
    """Asks the gate ``size`` times for an unbacked issue, then goes straight to the contract.

    The last attempt would exceed the published reserve by ``amount_minor``, the ones before it by
    less. The attacker is the issuer, so nobody is recruited.
    """

    name: ClassVar[str] = "over_minter"

    @property
    def tried(self) -> str:
        """What the attack is, as a sentence."""
        return "The issuer asked for tokens without money behind them, then minted past the gate."

    def act(self, scene: Scene) -> Attack:
        """Try both ways on one day."""
        if scene.day != self.day:
            return Attack()
        headroom = max(0, scene.reserve_minor - scene.supply_minor)
        share = max(1, self.amount_minor // self.size)
        attempts = tuple(headroom + share * (n + 1) for n in range(self.size))
        return Attack(unbacked_issues_minor=attempts, direct_mints_minor=attempts)
