"""Seeded streams of acts that seek the edges of the model they are about to test.

A uniform stream misses the edges where faults live: the last unit of a reserve, the last second of
an attestation. This one looks at the model and asks for exactly that, one less and one more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sandrail.world import Seed
from tests.contracts.model import ENDLESS, SHUT, ZERO
from tests.contracts.world import OFFICERS, ORDER, PEOPLE, Act, World
from tests.makers.chain import ROLES

__all__ = ["Stream"]

WEIGHTS = {
    "transfer": 22,
    "approve": 6,
    "transferFrom": 9,
    "mint": 20,
    "burn": 10,
    "forced_transfer": 8,
    "setFrozenTokens": 9,
    "pause": 1,
    "unpause": 4,
    "set_minter": 3,
    "set_role": 2,
    "offer_ownership": 1,
    "take_ownership": 1,
    "attest": 6,
    "wait": 5,
}
HUGE = (2**128, 2**255, SHUT, ENDLESS - 1)


@dataclass
class Stream:
    """Acts drawn for a world, each depending on its seed and on the model so far."""

    world: World
    seed: int

    def __post_init__(self) -> None:
        self._draw = Seed(self.seed).stream("contract acts")
        self._everyone = (*PEOPLE, *OFFICERS)

    def acts(self, count: int) -> Iterator[Act | int]:
        """Yield acts, and integers for seconds to wait."""
        shares = np.array(list(WEIGHTS.values())) / sum(WEIGHTS.values())
        names = list(WEIGHTS)
        yield Act("set_minter", ROLES.owner, (ROLES.minter, 2_000))
        yield Act("mint", ROLES.minter, (PEOPLE[0], 1, ORDER))
        for _ in range(count):
            name = names[int(self._draw.choice(len(names), p=shares))]
            yield getattr(self, f"_{name}")()

    def _chance(self, share: float) -> bool:
        return bool(self._draw.random() < share)

    def _one(self, options: tuple[bytes, ...]) -> bytes:
        return options[int(self._draw.integers(len(options)))]

    def _by(self, officer: bytes) -> bytes:
        return self._one(self._everyone) if self._chance(0.1) else officer

    def _receiver(self) -> bytes:
        odd = self._draw.random()
        return ZERO if odd < 0.02 else self.world.token if odd < 0.04 else self._one(PEOPLE)

    def _order(self) -> bytes:
        return bytes(32) if self._chance(0.06) else ORDER

    def _near(self, *edges: int) -> int:
        odd = self._draw.random()
        if odd < 0.04:
            return HUGE[int(self._draw.integers(len(HUGE)))]
        if odd < 0.5:
            return int(self._draw.integers(0, 60))
        edge = edges[int(self._draw.integers(len(edges)))] + int(self._draw.integers(-1, 2))
        return min(max(edge, 0), SHUT)

    def _edges_of(self, holder: bytes) -> tuple[int, int]:
        balance = self.world.model.balances[holder]
        return balance, balance - min(self.world.model.frozen[holder], balance)

    def _transfer(self) -> Act:
        payer = self._one(PEOPLE)
        return Act("transfer", payer, (self._receiver(), self._near(*self._edges_of(payer))))

    def _approve(self) -> Act:
        spender = ZERO if self._chance(0.05) else self._one(PEOPLE)
        amount = ENDLESS if self._chance(0.2) else self._near(50)
        return Act("approve", self._one(PEOPLE), (spender, amount))

    def _transferFrom(self) -> Act:
        model, caller, payer = self.world.model, self._one(PEOPLE), self._one(PEOPLE)
        allowed = min(model.allowances[payer, caller], model.balances[payer])
        return Act("transferFrom", caller, (payer, self._receiver(), self._near(allowed)))

    def _mint(self) -> Act:
        caller = self._by(ROLES.minter)
        model = self.world.model
        amount = self._near(model.mintable(), model.mintable(), model.minters[caller])
        return Act("mint", caller, (self._receiver(), amount, self._order()))

    def _burn(self) -> Act:
        holder = self._one(PEOPLE)
        amount = self._near(*self._edges_of(holder))
        return Act("burn", self._by(ROLES.redeemer), (holder, amount, self._order()))

    def _forced_transfer(self) -> Act:
        holder = self._one(PEOPLE)
        amount = self._near(*self._edges_of(holder))
        args = (holder, self._receiver(), amount, self._order())
        return Act("forced_transfer", self._by(ROLES.enforcer), args)

    def _setFrozenTokens(self) -> Act:
        holder = ZERO if self._chance(0.04) else self._one(PEOPLE)
        odd = self._draw.random()
        amount = 0 if odd < 0.4 else SHUT if odd < 0.55 else self._near(*self._edges_of(holder))
        return Act("setFrozenTokens", self._by(ROLES.freezer), (holder, amount))

    def _pause(self) -> Act:
        return Act("pause", self._by(ROLES.pauser), ())

    def _unpause(self) -> Act:
        restarts = ROLES.pauser if self._chance(0.2) else self.world.model.owner
        return Act("unpause", restarts, ())

    def _set_minter(self) -> Act:
        minter = ZERO if self._chance(0.05) else self._by(ROLES.minter)
        owner = self._by(self.world.model.owner)
        return Act("set_minter", owner, (minter, self._near(400, 2_000)))

    def _set_role(self) -> Act:
        role = int(self._draw.integers(0, 6))
        usual = (ZERO, ROLES.pauser, ROLES.freezer, ROLES.enforcer, ROLES.redeemer, ZERO)[role]
        return Act("set_role", self._by(self.world.model.owner), (role, self._by(usual)))

    def _offer_ownership(self) -> Act:
        return Act("offer_ownership", self._by(self.world.model.owner), (self._by(ROLES.owner),))

    def _take_ownership(self) -> Act:
        candidate = self.world.model.candidate
        return Act("take_ownership", self._by(candidate if candidate != ZERO else ROLES.owner), ())

    def _attest(self) -> Act:
        model = self.world.model
        back = int(self._draw.integers(-2_000, 40_000)) if self._chance(0.5) else 0
        reserve = self._near(model.supply + 60, model.supply, 3_000)
        args = (reserve, model.now_s - back, self._order())
        return Act("attest", self._by(ROLES.attester), args)

    def _wait(self) -> int:
        model = self.world.model
        to_edge = model.as_of_s + model.age_max_s - model.now_s
        if to_edge >= 0 and self._chance(0.5):
            return to_edge + int(self._draw.integers(0, 2))
        return int(self._draw.integers(0, 20_000))
