"""One story through every corner of the token, and faults planted in it: the story kills each."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sandrail.controls import Screen
from sandrail.ledger import Outcome as Posting
from sandrail.products import BooksDisagree, Payout, ReserveToken, Step, art, payouts
from sandrail.products.on_chain import ChainSide
from sandrail.rails.bank import Fault, FaultKind, FaultPlan, PaymentState
from sandrail.world import ConflictError
from tests.makers.wallets import OFFICER
from tests.products.conftest import Shop

DAY = "20260601"
FAULTS = FaultPlan(
    (
        Fault(FaultKind.TIMEOUT_APPLIED, end_to_end_id=f"PKRT-{DAY}-00002"),
        Fault(FaultKind.TIMEOUT_NOT_APPLIED, end_to_end_id=f"PKRT-{DAY}-00003"),
        Fault(FaultKind.REJECT, end_to_end_id=f"PKRT-{DAY}-00004"),
    )
)


def story() -> None:
    """Purchases, a refund, a listed payer, payments, redemptions through faults, two decisions."""
    shop = Shop(faults=FAULTS, screen=[Screen.CLEAR, Screen.CLEAR, Screen.CLEAR, Screen.HIT])
    rich = [shop.at_bank(n) for n in range(4)]
    shop.buy(6_000_000, 5_000_000, 50_000_000, 100_000)
    shop.product.pay(shop.orders((0, 1, 1_000_000), (1, 2, 500_000)), key=shop.next_step())
    for party, minor in ((0, 300_000), (1, 200_000), (2, 100_000)):
        shop.product.redeem(shop.orders((party, party, minor)), key=shop.next_step())
        shop.product.settle_all(key=shop.next_step())
    # Money has just left: neither gate nor contract lets the issuer use the gap.
    unbacked = shop.product.issue_unbacked(0, 100_000, key=shop.next_step())
    assert unbacked.outcome.tolist() == [Posting.REFUSED_BY_GATE]
    assert shop.product.token.mintable() == 0
    review = np.array([Screen.REVIEW], dtype=np.uint8)
    shop.desk.set_screening(np.array([0]), review, list_version="test")
    shop.product.pay(shop.orders((0, 1, 10_000), (0, 2, 20_000)), key=shop.next_step())
    shop.product.redeem(shop.orders((0, 0, 40_000)), key=shop.next_step())
    shop.product.settle_all(key=shop.next_step())
    assert shop.product.books().breaks() == ()
    for hold, approve in zip(list(shop.product.holds.values()), (True, False, False), strict=True):
        shop.product.decide(hold, approve=approve, actor=OFFICER, key=shop.next_step())
    shop.product.settle_all(key=shop.next_step(), enquire=True)
    tokens = [4_690_000, 5_310_000, 400_000, 0]
    assert shop.holdings() == shop.on_chain() == tokens
    paid = [5_700_000, 4_800_000, -100_000, 100_000]
    assert [before - shop.at_bank(n) for n, before in enumerate(rich)] == paid
    books = shop.product.books()
    assert books.breaks() == () and books.in_transit_minor == 0
    assert (books.reserve_minor, books.waiting_minor) == (sum(tokens), 100_000)
    shop.product.attest()
    assert shop.desk.floor.reserve_minor[0] == sum(tokens)


def test_the_story_as_it_should_be() -> None:
    story()


def nothing(*_: Any, **__: Any) -> None:
    return None


def nobody_waits(self: Step) -> Any:
    return np.zeros(len(self.outcome), dtype=np.bool_)


def every_answer_is_paid(self: Any, events: Any, *, day: str) -> Any:
    settled = [replace(event, state=PaymentState.SETTLED) for event in events]
    return HEAR(self, settled, day=day)


def send_anew(self: Any, orders: Any) -> None:
    """After a time-out, order once more under another id instead of asking."""
    for order in orders:
        if not self._bank.send(order).acknowledged:
            self._bank.send(replace(order, end_to_end_id=order.end_to_end_id + "x"))
            self._bank.enquire(order.end_to_end_id)


def unlinked(kind: Any, ids: Any, **columns: Any) -> Any:
    return ROWS(kind, ids, **(columns | {"linked": 0}))


def refund_everybody(self: Any, deposits: Any, issue_ids: Any, step: Step) -> None:
    blocked = np.where(step.decision == 4, 3, step.decision).astype(np.uint8)
    AFTER_ISSUE(self, deposits, issue_ids, replace(step, decision=blocked))


def double(self: Any, payouts_: Any) -> None:
    ORDER(self, [replace(one, amount_minor=one.amount_minor * 2) for one in payouts_])


def to_the_first(self: Any, party: int) -> Any:
    return CUSTOMER(self, 0)


def attest_all(self: Any, *, about_to_back_minor: int = 0) -> int:
    bank = self.bank.balance(self.reserve.iban).minor
    now_us, head = self.desk.clock.now_us(), self.bank.archive.head
    self.desk.set_reserve(0, reserve_minor=bank, attested_us=now_us, evidence=head)
    self.side.attest(bank, as_of_us=now_us, evidence=head)
    return int(bank)


HEAR = payouts.PayoutBook.hear
ROWS = art.rows_of
AFTER_ISSUE = ReserveToken._after_issue
ORDER = ReserveToken._order
CUSTOMER = ReserveToken.customer

PLANTED: list[tuple[str, Any, str, Any]] = [
    ("what was issued is not minted", ChainSide, "mint", nothing),
    ("what was paid is not moved on the chain", ChainSide, "transfer", nothing),
    ("what was redeemed is not burnt", ChainSide, "burn", nothing),
    ("a refund is not booked", ReserveToken, "_book_refunds", nothing),
    ("a hold is never finished", ReserveToken, "_finish", nothing),
    ("a held redemption is paid out", Step, "held", property(nobody_waits)),
    ("a rejection counts as paid", payouts.PayoutBook, "hear", every_answer_is_paid),
    ("a time-out is paid again", payouts.PayoutBook, "_send", send_anew),
    ("a refused issue keeps its conversion", art, "rows_of", unlinked),
    ("a listed payer gets the money back", ReserveToken, "_after_issue", refund_everybody),
    ("a payout is twice the amount", ReserveToken, "_order", double),
    ("everybody's payout goes to the first customer", ReserveToken, "customer", to_the_first),
    ("money that backs nothing is attested", ReserveToken, "attest", attest_all),
    ("the attestation outlives a payout", ReserveToken, "_lower_attestation", nothing),
    ("holds are forgotten", ReserveToken, "_keep_holds", nothing),
]


@pytest.mark.parametrize(
    ("where", "name", "planted"), [row[1:] for row in PLANTED], ids=[row[0] for row in PLANTED]
)
def test_a_planted_fault_is_killed(
    where: Any, name: str, planted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(where, name, planted)
    with pytest.raises((AssertionError, BooksDisagree, ConflictError, ValueError)):
        story()


def test_a_payout_is_a_fact() -> None:
    with pytest.raises(AttributeError):
        Payout(1, payouts.Purpose.REFUND, 0, 5, 0).amount_minor = 6  # type: ignore[misc]
