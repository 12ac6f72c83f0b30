"""Makers of the bank tests: rupees, a clock, a bank with a firm and two customers."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from sandrail.money import Asset, AssetKind, Money
from sandrail.rails.bank import (
    BankSettings,
    CreditTransfer,
    FaultPlan,
    Iban,
    SimulatedBank,
)
from sandrail.world import Seed, TrialClock, parse_instant

PKR = Asset("PKR", 2, AssetKind.FIAT)
START_US = parse_instant("2026-03-01T04:00:00Z")
PAKISTAN = BankSettings(country="PK", bank_code="SNDR", firm_code="RUPE", utc_offset_minutes=300)
OPENING = Money(PKR, 5_000_000)


@dataclass(slots=True)
class World:
    """A bank and the accounts of one firm and two customers."""

    bank: SimulatedBank
    clock: TrialClock
    reserve: Iban
    sara: Iban
    bilal: Iban

    def pays(self, amount_minor: int, end_to_end_id: str = "R1") -> CreditTransfer:
        """Return a payment from the reserve to Sara."""
        return CreditTransfer(
            end_to_end_id,
            Money(PKR, amount_minor),
            self.bank.party(self.reserve),
            self.bank.party(self.sara),
            "Redemption 1",
        )


def make_world(faults: FaultPlan | None = None, *, seed: int = 7) -> World:
    """Return a fresh world; the reserve holds 10,000 rupees."""
    clock = TrialClock(START_US)
    bank = SimulatedBank(
        clock, Seed(seed), currency=PKR, faults=faults or FaultPlan(), settings=PAKISTAN
    )
    reserve = bank.open_account("Rupee Art (Private) Limited")
    bank.pay_in_cash(reserve, Money(PKR, 1_000_000))
    sara = bank.open_customer_account("سارہ احمد", opening=OPENING)
    bilal = bank.open_customer_account("Bilal O'Neil & Sons <Lahore>", opening=OPENING)
    return World(bank, clock, reserve, sara, bilal)


@pytest.fixture
def world() -> World:
    return make_world()
