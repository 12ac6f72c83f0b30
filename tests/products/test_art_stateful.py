"""Any order of purchases, payments, redemptions, bank failures and decisions leaves sound books."""

from __future__ import annotations

import os

import numpy as np
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from sandrail.controls import Screen
from sandrail.ledger import Outcome
from sandrail.products import TOKEN
from sandrail.rails.bank import Fault, FaultKind, FaultPlan
from tests.makers.wallets import OFFICER
from tests.products.conftest import PARTIES, Shop

PARTY = st.integers(0, PARTIES - 1)
AMOUNT = st.sampled_from([1, 99_999, 1_000_000, 9_999_999, 10_000_000, 10_000_001, 30_000_000])
KINDS = st.sampled_from([None, *list(FaultKind)[:4]])
DAY = "20260601"


class TokenMachine(RuleBasedStateMachine):
    """Keeps its own count of what every customer has, bank account and tokens together."""

    @initialize(kinds=st.lists(KINDS, min_size=12, max_size=12))
    def open(self, kinds: list[FaultKind | None]) -> None:
        faults = tuple(
            Fault(kind, end_to_end_id=f"PKRT-{DAY}-{n:05d}", delay_us=10_000_000)
            for n, kind in enumerate(kinds, start=1)
            if kind is not None
        )
        self.shop = Shop(faults=FaultPlan(faults))
        # One day is long enough: the clock moves by seconds here.
        self.wealth = [self.shop.at_bank(n) for n in range(PARTIES)]
        self.steps = 0

    def key(self) -> str:
        self.steps += 1
        self.shop.clock.advance_by(1_000_000)
        self.shop.product.side.open_block(self.shop.clock.now_us())
        return f"machine-{self.steps}"

    @rule(party=PARTY, minor=AMOUNT, twice=st.booleans())
    def buy(self, party: int, minor: int, twice: bool) -> None:
        key = self.key()
        self.shop.pay_in(party, minor)
        self.shop.product.settle_all(key=key + "/news")
        events = self.shop.product.take_arrived()
        deposits = self.shop.product.deposits_in(events + (events if twice else []))
        self.shop.product.issue_against(deposits, key=key)
        self.shop.product.settle_all(key=key + "/after")

    @rule(payer=PARTY, payee=PARTY, minor=AMOUNT, at_once=st.integers(1, 3))
    def pay(self, payer: int, payee: int, minor: int, at_once: int) -> None:
        key = self.key()
        orders = self.shop.orders(*[(payer, payee, minor)] * at_once)
        orders.id_hi[:] = self.steps
        act = self.shop.product.pay if at_once == 1 else self.shop.product.pay_at_once
        moved = int((act(orders, key=key).outcome == Outcome.POSTED).sum()) * minor
        self.wealth[payer] -= moved
        self.wealth[payee] += moved

    @rule(party=PARTY, minor=AMOUNT)
    def redeem(self, party: int, minor: int) -> None:
        key = self.key()
        orders = self.shop.orders((party, party, minor))
        orders.id_hi[:] = self.steps
        self.shop.product.redeem(orders, key=key)

    @rule(enquire=st.booleans())
    def hear(self, enquire: bool) -> None:
        self.shop.product.settle_all(key=self.key(), enquire=enquire)

    @rule(party=PARTY, screen=st.sampled_from([Screen.CLEAR, Screen.REVIEW]))
    def review(self, party: int, screen: Screen) -> None:
        column = np.array([screen], dtype=np.uint8)
        self.shop.desk.set_screening(np.array([party]), column, list_version="test")

    @rule(approve=st.booleans())
    def decide(self, approve: bool) -> None:
        for hold in list(self.shop.product.holds.values())[:1]:
            moves = approve and hold.debtor >= 0 and hold.creditor >= 0
            self.shop.product.decide(hold, approve=approve, actor=OFFICER, key=self.key())
            if moves:
                self.wealth[hold.debtor] -= hold.amount_minor
                self.wealth[hold.creditor] += hold.amount_minor

    @invariant()
    def books_agree(self) -> None:
        if hasattr(self, "shop"):
            assert self.shop.product.books().breaks() == ()
            self.shop.bank.check_books()

    @invariant()
    def chain_follows_ledger(self) -> None:
        if hasattr(self, "shop"):
            book, parties = self.shop.desk.floor.book, self.shop.desk.floor.parties
            owned = [
                book.balance(int(parties.accounts[n, TOKEN])).net_credit for n in range(PARTIES)
            ]
            assert owned == self.shop.on_chain()

    def teardown(self) -> None:
        """Let everything come to rest: nobody has won or lost a paisa."""
        if not hasattr(self, "shop"):
            return
        product = self.shop.product
        for hold in list(product.holds.values()):
            product.decide(hold, approve=False, actor=OFFICER, key=self.key())
        for _ in range(8):
            self.shop.clock.advance_by(15_000_000)
            product.order_stuck()
            product.settle_all(key=self.key(), enquire=True)
        assert not product.stuck
        assert product.payouts.under_way_minor == 0
        tokens = self.shop.holdings()
        assert [self.shop.at_bank(n) + tokens[n] for n in range(PARTIES)] == self.wealth
        assert product.books().breaks() == ()


TestTokenMachine = TokenMachine.TestCase
TestTokenMachine.settings = settings(
    max_examples=int(os.environ.get("SANDRAIL_SEEDS", "15")),
    stateful_step_count=25,
    deadline=None,
    # A failing sequence is short enough to read; shrinking it takes minutes.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
