"""The nouns of the bank rail: what is asked of a bank and what it answers. All are frozen facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sandrail.money import Money
from sandrail.rails.bank.iban import Bic, Iban, parse_bic, read_iban
from sandrail.rails.bank.limits import (
    ID_CHARS_MAX,
    NAME_CHARS_MAX,
    REASON_TEXT_CHARS_MAX,
    REMITTANCE_CHARS_MAX,
    TRANSFERS_PER_MESSAGE_MAX,
)
from sandrail.rails.bank.xml import amount_attributes, check_text
from sandrail.rails.errors import FieldError
from sandrail.world import Micros

__all__ = [
    "BankParty",
    "CreditTransfer",
    "CreditTransferMessage",
    "Direction",
    "Entry",
    "Notification",
    "PaymentState",
    "Reason",
    "Statement",
    "StatusReport",
    "StatusRequest",
    "TransferStatus",
]


class Direction(StrEnum):
    """Which way an entry moves its account, in ISO 20022's codes."""

    CREDIT = "CRDT"
    DEBIT = "DBIT"


class PaymentState(StrEnum):
    """What a bank says of a payment, in ISO 20022's codes."""

    ACCEPTED = "ACSP"
    """Taken in, settlement still to come."""

    SETTLED = "ACSC"
    """Settled: the money has moved."""

    REJECTED = "RJCT"
    """Refused: no money has moved and none will."""


class Reason(StrEnum):
    """Why a bank refuses, in ISO 20022's external codes."""

    UNKNOWN_ACCOUNT = "AC01"
    CLOSED_ACCOUNT = "AC04"
    BLOCKED_ACCOUNT = "AC06"
    """Of other banks: ours says ``NOT_SPECIFIED``, because this code may tip somebody off."""
    FORBIDDEN = "AG01"
    AMOUNT_NOT_ALLOWED = "AM02"
    CURRENCY_NOT_ALLOWED = "AM03"
    INSUFFICIENT_FUNDS = "AM04"
    DUPLICATE = "AM05"
    NOT_FOUND = "NOOR"
    NOT_SPECIFIED = "MS03"


@dataclass(frozen=True, slots=True)
class BankParty:
    """A party of a payment and where its money is kept.

    Attributes:
        name: as the bank knows it, in any script; at most 140 characters.
        iban: its account.
        bic: the bank of that account.
    """

    name: str
    iban: Iban
    bic: Bic

    def __post_init__(self) -> None:
        check_text(self.name, field="name", chars_max=NAME_CHARS_MAX)
        read_iban(self.iban)
        parse_bic(self.bic)


@dataclass(frozen=True, slots=True)
class CreditTransfer:
    """An order to pay.

    Attributes:
        end_to_end_id: chosen by the payer; the same id never pays twice. At most 35 characters.
        amount: more than zero, in a currency a bank keeps.
        debtor: who pays.
        creditor: who is paid.
        remittance: what for; shown to both sides.
    """

    end_to_end_id: str
    amount: Money
    debtor: BankParty
    creditor: BankParty
    remittance: str

    def __post_init__(self) -> None:
        check_text(self.end_to_end_id, field="end_to_end_id", chars_max=ID_CHARS_MAX)
        check_text(self.remittance, field="remittance", chars_max=REMITTANCE_CHARS_MAX)
        amount_attributes(self.amount)
        if self.amount.minor == 0:
            raise FieldError(
                f"The payment {self.end_to_end_id} is of {self.amount}.",
                why="A payment moves more than nothing.",
                fix="Leave it out.",
                code="rails.bad_amount",
            )


@dataclass(frozen=True, slots=True)
class CreditTransferMessage:
    """pacs.008: payments from one institution to another.

    Attributes:
        message_id: unique for its sender.
        created_us: when it was made.
        settlement_day: the day on which the money moves.
        instructing_bic: who sends.
        instructed_bic: who executes.
        transfers: 1 to ``TRANSFERS_PER_MESSAGE_MAX`` payments in one currency.
    """

    message_id: str
    created_us: Micros
    settlement_day: date
    instructing_bic: Bic
    instructed_bic: Bic
    transfers: tuple[CreditTransfer, ...]

    def __post_init__(self) -> None:
        check_text(self.message_id, field="message_id", chars_max=ID_CHARS_MAX)
        assets = [transfer.amount.asset for transfer in self.transfers]
        if not 1 <= len(assets) <= TRANSFERS_PER_MESSAGE_MAX or assets.count(assets[0]) < len(
            assets
        ):
            raise FieldError(
                f"The message {self.message_id} carries {len(assets)} transfers.",
                why=f"A message has 1 to {TRANSFERS_PER_MESSAGE_MAX} transfers of one currency.",
                fix="Split it.",
            )


@dataclass(frozen=True, slots=True)
class TransferStatus:
    """What became of one payment.

    Attributes:
        end_to_end_id: the payment.
        state: accepted, settled or rejected.
        reason: the code of a refusal; a bank may use codes that ``Reason`` does not list.
        text: the bank's words.
    """

    end_to_end_id: str
    state: PaymentState
    reason: str | None = None
    text: str | None = None

    def __post_init__(self) -> None:
        check_text(self.end_to_end_id, field="end_to_end_id", chars_max=ID_CHARS_MAX)
        if (self.state is PaymentState.REJECTED) != (self.reason is not None):
            raise FieldError(
                f"The status of {self.end_to_end_id} is {self.state} with reason {self.reason}.",
                why="A rejection has a reason, and nothing else has one.",
                fix="Give the reason's code for a rejection only.",
            )
        if self.reason is not None:
            check_text(self.reason, field="reason", chars_max=4)
        if self.text is not None:
            check_text(self.text, field="text", chars_max=REASON_TEXT_CHARS_MAX)


@dataclass(frozen=True, slots=True)
class StatusReport:
    """pacs.002: what became of the payments of a message.

    Attributes:
        message_id: unique for its sender.
        created_us: when it was made.
        original_message_id: the message reported on.
        original_name: that message's name, such as ``pacs.008.001.08``.
        statuses: one per payment reported on.
    """

    message_id: str
    created_us: Micros
    original_message_id: str
    original_name: str
    statuses: tuple[TransferStatus, ...]


@dataclass(frozen=True, slots=True)
class StatusRequest:
    """pacs.028: "what became of this payment?"

    Attributes:
        message_id: unique for its sender.
        created_us: when it was made.
        end_to_end_id: the payment asked about.
    """

    message_id: str
    created_us: Micros
    end_to_end_id: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One movement on one account, as the bank booked it.

    Attributes:
        reference: the bank's own; unique on the account for ever.
        amount: how much.
        direction: into or out of the account.
        booked_us: when.
        end_to_end_id: the payment behind it.
        counterparty_name: the other side.
        counterparty_iban: the other side's account; None for cash at the counter.
        remittance: what for.
    """

    reference: str
    amount: Money
    direction: Direction
    booked_us: Micros
    end_to_end_id: str
    counterparty_name: str
    counterparty_iban: Iban | None
    remittance: str


@dataclass(frozen=True, slots=True)
class Notification:
    """camt.054: entries reported the moment they are booked.

    Attributes:
        message_id: unique for its sender.
        created_us: when it was made.
        iban: the account.
        entries: what was booked, oldest first.
    """

    message_id: str
    created_us: Micros
    iban: Iban
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """camt.053: everything booked on one account in one day, between two balances.

    Attributes:
        message_id: unique for its sender.
        created_us: when it was made.
        iban: the account.
        holder: whose it is.
        servicer_bic: the bank.
        number: counts the account's statements: the day's ordinal.
        from_us: the first instant covered.
        until_us: the first instant no longer covered.
        opening: the balance at ``from_us``.
        closing: the balance at ``until_us``, or at ``created_us`` if that is earlier.
        entries: what was booked between, oldest first.
    """

    message_id: str
    created_us: Micros
    iban: Iban
    holder: str
    servicer_bic: Bic
    number: int
    from_us: Micros
    until_us: Micros
    opening: Money
    closing: Money
    entries: tuple[Entry, ...]

    def total_minor(self, direction: Direction) -> int:
        """Return the sum of the entries of one direction, in minor units."""
        return sum(e.amount.minor for e in self.entries if e.direction is direction)
