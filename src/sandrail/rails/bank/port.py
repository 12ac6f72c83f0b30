"""The extension point of the bank rail: what any bank adapter offers to the rooms above.

An adapter for a real bank implements ``BankRail``; the contract test in
``tests/rails/bank/contract.py`` runs against it. Delivery is at least once in both directions:
a payment may be sent again under its end-to-end id, and an event may be polled again by number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from sandrail.money import Asset, Money
from sandrail.rails.bank.archive import MessageArchive
from sandrail.rails.bank.iban import Iban
from sandrail.rails.bank.messages import (
    CreditTransfer,
    Entry,
    PaymentState,
    Statement,
    TransferStatus,
)
from sandrail.world import Micros

__all__ = ["BankEvent", "BankRail", "CreditEvent", "CustomerBank", "MessageRef", "StatusEvent"]


@dataclass(frozen=True, slots=True)
class MessageRef:
    """The receipt for something sent.

    Attributes:
        message_id: under which the archive keeps the bytes.
        end_to_end_id: the payment.
        sha256: of the bytes.
        acknowledged: whether the bank took the message in. False means *unknown*: it timed out,
            and the money may or may not have moved. Enquire, or send the same payment again.
    """

    message_id: str
    end_to_end_id: str
    sha256: str
    acknowledged: bool


@dataclass(frozen=True, slots=True)
class StatusEvent:
    """The bank told what became of a payment (pacs.002).

    Attributes:
        number: position among the rail's events, from 0.
        at_us: when the bank said so.
        message_id: the message that said it.
        sha256: of that message.
        end_to_end_id: the payment.
        state: accepted, settled or rejected.
        reason: the code of a rejection.
    """

    number: int
    at_us: Micros
    message_id: str
    sha256: str
    end_to_end_id: str
    state: PaymentState
    reason: str | None


@dataclass(frozen=True, slots=True)
class CreditEvent:
    """Money arrived on an account of the firm (camt.054). The same booking may be told twice.

    Attributes:
        number: position among the rail's events, from 0.
        at_us: when the bank said so.
        message_id: the message that said it; a repeated notice may carry a new one.
        sha256: of that message.
        iban: the account credited.
        entry: the booking; ``(iban, entry.reference)`` is what makes it one and the same.
    """

    number: int
    at_us: Micros
    message_id: str
    sha256: str
    iban: Iban
    entry: Entry


BankEvent = StatusEvent | CreditEvent


class BankRail(Protocol):
    """A bank as the firm sees it."""

    @property
    def currency(self) -> Asset:
        """What its accounts are kept in."""
        ...

    @property
    def archive(self) -> MessageArchive:
        """Every message sent and received."""
        ...

    def open_account(self, holder: str, *, iban: str | None = None) -> Iban:
        """Open an account that the firm operates: it may be debited by message, and credits to it
        are notified.

        Raises:
            AccountConflictError: the number is taken.
        """
        ...

    def send(self, payment: CreditTransfer) -> MessageRef:
        """Send a payment; the same payment may be sent again and is executed once.

        Raises:
            PaymentConflictError: the end-to-end id belongs to another payment.
        """
        ...

    def send_batch(self, payments: Sequence[CreditTransfer]) -> list[MessageRef]:
        """Send payments in order, as few messages as possible; one reference for each."""
        ...

    def enquire(self, end_to_end_id: str) -> MessageRef:
        """Ask what became of a payment; the answer comes as a ``StatusEvent``.

        A payment the bank never received is answered with a rejection, reason ``NOOR``.

        Raises:
            UnknownPaymentError: this rail never sent it.
        """
        ...

    def poll(self, *, after: int | None = None) -> list[BankEvent]:
        """Return the events numbered above ``after``, oldest first, at most ``POLL_EVENTS_MAX``.

        Without ``after`` each event is returned once. A caller that must survive a crash keeps the
        number of the last event it has recorded and passes it.
        """
        ...

    def balance(self, iban: Iban) -> Money:
        """Return the booked balance now.

        Raises:
            UnknownAccountError: no such account.
        """
        ...

    def statement(self, iban: Iban, day: date) -> Statement:
        """Return the day's statement (camt.053), read from the message and checked to add up.

        Raises:
            UnknownAccountError: no such account.
        """
        ...


class CustomerBank(Protocol):
    """The bank's other door, which only a simulation has: what its customers do."""

    def open_customer_account(
        self, holder: str, *, iban: str | None = None, opening: Money | None = None
    ) -> Iban:
        """Open an account that the firm neither operates nor sees."""
        ...

    def customer_pays(
        self, from_iban: Iban, to_iban: Iban, amount: Money, reference: str
    ) -> TransferStatus | None:
        """A customer pays in the bank's app; None when the app timed out."""
        ...
