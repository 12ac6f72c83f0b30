"""Money on its way out: each payout is ordered, enquired after, repeated or given up.

A bank that times out may or may not have paid. So nobody guesses: an order without an answer is
enquired after, an order that the bank never got is sent again under the same id, and an order that
the bank refused is made anew under another id, a few times.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from sandrail.money import Money
from sandrail.products.limits import PAYOUT_ATTEMPTS_MAX
from sandrail.rails.bank import (
    BankParty,
    BankRail,
    CreditTransfer,
    PaymentState,
    Reason,
    StatusEvent,
)

__all__ = ["Payout", "PayoutBook", "PayoutEnd", "Purpose", "payout_reference"]


class Purpose(StrEnum):
    """Why money leaves."""

    REDEMPTION = "redemption"
    REFUND = "refund"


@dataclass(frozen=True, slots=True)
class Payout:
    """Money owed to a customer's bank account.

    Attributes:
        id: of the redemption, or of the deposit that is refunded.
        purpose: which of the two.
        party: the customer.
        amount_minor: in the currency's minor units.
        asked_us: when the customer asked.
        attempt: from 1.
        end_to_end_id: of the order at the bank.
    """

    id: int
    purpose: Purpose
    party: int
    amount_minor: int
    asked_us: int
    attempt: int = 1
    end_to_end_id: str = ""


@dataclass(frozen=True, slots=True)
class PayoutEnd:
    """How a payout ended.

    Attributes:
        payout: the last attempt.
        paid: whether the money reached the customer's account.
        at_us: when the bank said so.
        reason: the bank's last code where it was not paid.
    """

    payout: Payout
    paid: bool
    at_us: int
    reason: str


class PayoutBook:
    """All payouts under way of one product."""

    def __init__(self, bank: BankRail, *, payer: BankParty, label: str) -> None:
        self._bank = bank
        self._payer = payer
        self._label = label
        self._open: dict[str, tuple[Payout, CreditTransfer]] = {}
        self._day = ""
        self._number = 0

    @property
    def under_way_minor(self) -> int:
        """What was ordered and not yet answered, in minor units."""
        return sum(payout.amount_minor for payout, _ in self._open.values())

    def order(self, payouts: Sequence[Payout], receivers: Sequence[BankParty], *, day: str) -> None:
        """Order payouts at the bank; ``day`` is the local date as eight digits."""
        orders = []
        for payout, receiver in zip(payouts, receivers, strict=True):
            named = replace(payout, end_to_end_id=self._next_id(day))
            orders.append(self._transfer(named, receiver))
            self._open[named.end_to_end_id] = (named, orders[-1])
        self._send(orders)

    def hear(self, events: Sequence[StatusEvent], *, day: str) -> list[PayoutEnd]:
        """Take in what the bank says; return what ended, and order again what should be."""
        ends: list[PayoutEnd] = []
        again: list[CreditTransfer] = []
        anew: list[tuple[Payout, BankParty]] = []
        for event in events:
            payout, order = self._open.get(event.end_to_end_id, (None, None))
            if payout is None or order is None or event.state is PaymentState.ACCEPTED:
                continue
            if event.state is PaymentState.SETTLED:
                del self._open[event.end_to_end_id]
                ends.append(PayoutEnd(payout, True, event.at_us, ""))
            elif event.reason == Reason.NOT_FOUND:
                again.append(order)
            else:
                del self._open[event.end_to_end_id]
                if payout.attempt < PAYOUT_ATTEMPTS_MAX:
                    anew.append((replace(payout, attempt=payout.attempt + 1), order.creditor))
                else:
                    ends.append(PayoutEnd(payout, False, event.at_us, event.reason or ""))
        self._send(again)
        self.order([payout for payout, _ in anew], [party for _, party in anew], day=day)
        return ends

    def enquire(self) -> None:
        """Ask the bank about everything that is still open."""
        for end_to_end_id in list(self._open):
            self._bank.enquire(end_to_end_id)

    def _send(self, orders: Sequence[CreditTransfer]) -> None:
        if orders:
            for receipt in self._bank.send_batch(orders):
                if not receipt.acknowledged:
                    self._bank.enquire(receipt.end_to_end_id)

    def _transfer(self, payout: Payout, receiver: BankParty) -> CreditTransfer:
        return CreditTransfer(
            end_to_end_id=payout.end_to_end_id,
            amount=Money(self._bank.currency, payout.amount_minor),
            debtor=self._payer,
            creditor=receiver,
            remittance=f"{self._label} {payout.purpose} {payout.id:032x}",
        )

    def _next_id(self, day: str) -> str:
        if day != self._day:
            self._day, self._number = day, 0
        self._number += 1
        return payout_reference(self._label, day, self._number)


def payout_reference(label: str, day: str, number: int) -> str:
    """Return the end-to-end id of the day's payout of that number, from 1."""
    return f"{label}-{day}-{number:05d}"
