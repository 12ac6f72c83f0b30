"""A token on a desk with four customers, a bank that can fail, and a chain."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sandrail.controls import TRAVEL_DATA_COMPLETE, AssetTerms, Screen
from sandrail.journal import Journal
from sandrail.money import Asset, AssetKind, Money
from sandrail.products import Customer, Orders, ReserveToken
from sandrail.rails.bank import FaultPlan, SimulatedBank
from sandrail.rails.chain import (
    SupervisedToken,
    TokenRoles,
    TokenTerms,
    open_chain,
    wallet_address,
)
from sandrail.rulebook import load_pack
from sandrail.transfers import Desk, DeskTerms, FirmDesk
from sandrail.world import DAY_US, HOUR_US, Seed, TrialClock, derive_id
from tests.makers.desk import AGREED, START_US, client_account, permission

TOKEN = Asset("PKRT", 2, AssetKind.ASSET_REFERENCED_TOKEN)
PARTIES = 4


class Shop:
    """Everything a test of the product touches."""

    def __init__(
        self, *, faults: FaultPlan | None = None, screen: list[Screen] | None = None
    ) -> None:
        pack = load_pack("pakistan")
        self.pack = pack
        self.clock = TrialClock(START_US)
        self.journal = Journal.in_memory("shop")
        terms = DeskTerms(pack, permission(pack), (AssetTerms(TOKEN), AssetTerms(pack.currency)))
        self.desk = Desk.create(self.journal, terms, self.clock)
        self.bank = SimulatedBank(
            self.clock, Seed(1), currency=pack.currency, faults=faults or FaultPlan()
        )
        reserve = self.bank.party(self.bank.open_account("Reserve"))
        chain = open_chain("shop", genesis_us=START_US)
        roles = TokenRoles(*[wallet_address("shop", role) for role in TokenRoles.__slots__])
        token = SupervisedToken.deploy(
            chain, asset=TOKEN, terms=TokenTerms("PKRT", DAY_US, 10_000, 2**127), roles=roles
        )
        self.product = ReserveToken(self.desk, bank=self.bank, reserve=reserve, token=token)
        self.screen = screen or [Screen.CLEAR] * PARTIES
        self._onboard()
        self.steps = 0

    def _onboard(self) -> None:
        self.desk.onboard([f"C{n}" for n in range(PARTIES)], consent=AGREED)
        FirmDesk(self.desk).observe(client_account(START_US))
        self.desk.set_lists("test", published_us=START_US)
        numbers = np.arange(PARTIES, dtype=np.int64)
        self.desk.set_screening(numbers, np.array(self.screen, dtype=np.uint8), list_version="test")
        opening = Money(self.bank.currency, 10**10)
        for n in range(PARTIES):
            iban = self.bank.open_customer_account(f"Customer {n}", opening=opening)
            wallet = wallet_address("shop", "customer", n)
            self.product.enrol([Customer(n, self.bank.party(iban), wallet)])

    def next_step(self) -> str:
        """Move on an hour, open a block, and return a key."""
        self.clock.advance_by(HOUR_US)
        self.product.side.open_block(self.clock.now_us())
        self.steps += 1
        return f"step-{self.steps}"

    def pay_in(self, party: int, minor: int) -> None:
        """A customer pays in at the bank."""
        sender = self.product.customer(party).bank.iban
        amount = Money(self.bank.currency, minor)
        self.bank.customer_pays(sender, self.product.reserve.iban, amount, "purchase")

    def buy(self, *amounts: int) -> list[int]:
        """Customer n buys for ``amounts[n]``; returns the ledger's outcomes."""
        key = self.next_step()
        for party, minor in enumerate(amounts):
            if minor:
                self.pay_in(party, minor)
        self.product.settle_all(key=key + "/news")
        deposits = self.product.deposits_in(self.product.take_arrived())
        outcomes: list[int] = self.product.issue_against(deposits, key=key).outcome.tolist()
        self.product.settle_all(key=key + "/after")
        return outcomes

    def orders(self, *rows: tuple[int, int, int]) -> Orders:
        """Orders (payer, payee, minor units) with ids of their own."""
        ids = [derive_id("test", self.steps, n) for n in range(len(rows))]
        payer, payee, minor = (
            np.array(column, dtype=np.int64) for column in zip(*rows, strict=True)
        )
        return Orders(
            id_hi=np.array([i >> 64 for i in ids], dtype=np.uint64),
            id_lo=np.array([i & (2**64 - 1) for i in ids], dtype=np.uint64),
            payer=payer,
            payee=payee,
            amount_minor=minor,
            facts=np.full(len(rows), int(TRAVEL_DATA_COMPLETE), dtype=np.uint32),
            asked_us=np.full(len(rows), self.clock.now_us(), dtype=np.int64),
        )

    def holdings(self) -> list[int]:
        """What each customer may spend."""
        holdings: list[int] = self.product.spendable(np.arange(PARTIES)).tolist()
        return holdings

    def on_chain(self) -> list[int]:
        """What each customer has on the chain."""
        token = self.product.token
        return [token.balance_of(self.product.customer(n).wallet) for n in range(PARTIES)]

    def at_bank(self, party: int) -> int:
        """What a customer has at the bank."""
        return self.bank.balance(self.product.customer(party).bank.iban).minor


@pytest.fixture
def shop_of() -> Callable[..., Shop]:
    return Shop


@pytest.fixture
def shop() -> Shop:
    return Shop()
