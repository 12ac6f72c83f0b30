"""The bank's own books: accounts, double-entry bookings, statements. Knows nothing of messages.

Money enters and leaves over the counter only; the counter's cash account may be negative, so the
sum over all accounts is zero at every moment.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from enum import StrEnum

from sandrail.money import Asset, Money
from sandrail.rails.bank.iban import Iban
from sandrail.rails.bank.limits import ACCOUNTS_MAX
from sandrail.rails.bank.messages import CreditTransfer, Direction, Entry, Reason
from sandrail.rails.errors import AccountConflictError, StatementError, UnknownAccountError
from sandrail.world import Micros

__all__ = ["AccountState", "BankBooks", "Period"]

COUNTER = "Cash at the counter"


class AccountState(StrEnum):
    """Whether an account takes part in payments."""

    OPEN = "open"
    BLOCKED = "blocked"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Period:
    """What one account did between two instants.

    Attributes:
        opening: balance before the first entry.
        closing: balance after the last.
        entries: oldest first.
    """

    opening: Money
    closing: Money
    entries: tuple[Entry, ...]


@dataclass(slots=True)
class _Account:
    iban: Iban
    holder: str
    operated: bool
    state: AccountState = AccountState.OPEN
    balance_minor: int = 0
    entries: list[Entry] = field(default_factory=list)
    booked_us: list[int] = field(default_factory=list)
    after_minor: list[int] = field(default_factory=list)


class BankBooks:
    """Accounts in one currency."""

    def __init__(self, currency: Asset) -> None:
        self.currency = currency
        self._accounts: dict[Iban, _Account] = {}
        self._cash_minor = 0
        self._bookings = 0
        self._last_us = 0

    def __len__(self) -> int:
        return len(self._accounts)

    def __contains__(self, iban: object) -> bool:
        return iban in self._accounts

    def open(self, iban: Iban, holder: str, *, operated: bool) -> None:
        """Open an account; ``operated`` accounts may be debited by the firm's messages."""
        if iban in self._accounts or len(self._accounts) >= ACCOUNTS_MAX:
            raise AccountConflictError(
                f"The account {iban} cannot be opened.",
                why=f"Its number is taken, or the bank has its {ACCOUNTS_MAX:,} accounts.",
                fix="Leave the number to the bank, or choose another.",
                iban=iban,
            )
        self._accounts[iban] = _Account(iban, holder, operated)

    def set_state(self, iban: Iban, state: AccountState) -> None:
        """Block, reopen or close an account; only an empty one can be closed, and for good."""
        account = self._account(iban)
        closing_full = state is AccountState.CLOSED and account.balance_minor
        if closing_full or account.state is AccountState.CLOSED:
            raise AccountConflictError(
                f"The account {iban} cannot become {state}.",
                why=f"It is {account.state} and holds {self.balance(iban)}.",
                fix="Pay it out first; a closed account stays closed.",
                iban=iban,
            )
        account.state = state

    def holder(self, iban: Iban) -> str:
        """Return whose account it is."""
        return self._account(iban).holder

    def operated(self, iban: Iban) -> bool:
        """Return whether the firm operates the account."""
        return iban in self._accounts and self._accounts[iban].operated

    def balance(self, iban: Iban) -> Money:
        """Return the booked balance."""
        return Money(self.currency, self._account(iban).balance_minor)

    def refusal(self, transfer: CreditTransfer) -> Reason | None:
        """Return why the transfer cannot be booked, or None if it can."""
        if transfer.amount.asset != self.currency:
            return Reason.CURRENCY_NOT_ALLOWED
        debtor, creditor = transfer.debtor.iban, transfer.creditor.iban
        for iban in (debtor, creditor):
            if iban not in self._accounts:
                return Reason.UNKNOWN_ACCOUNT
            state = self._accounts[iban].state
            if state is AccountState.CLOSED:
                return Reason.CLOSED_ACCOUNT
            if state is AccountState.BLOCKED:
                # Why an account is blocked may be a secret, and that it is would tell.
                return Reason.NOT_SPECIFIED
        if debtor == creditor:
            return Reason.FORBIDDEN
        if self._accounts[debtor].balance_minor < transfer.amount.minor:
            return Reason.INSUFFICIENT_FUNDS
        return None

    def book(self, transfer: CreditTransfer, at_us: Micros) -> Entry:
        """Book an acceptable transfer on both accounts and return the creditor's entry."""
        if self.refusal(transfer) is not None:
            raise _broken(f"the transfer {transfer.end_to_end_id} was not checked before booking")
        debtor = self._account(transfer.debtor.iban)
        creditor = self._account(transfer.creditor.iban)
        reference = self._reference()
        out = _entry(transfer, reference, at_us, counterparty=creditor)
        into = _entry(transfer, reference, at_us, counterparty=debtor)
        self._append(debtor, out, -transfer.amount.minor)
        self._append(creditor, into, transfer.amount.minor)
        return into

    def pay_in_cash(self, iban: Iban, amount: Money, at_us: Micros) -> Entry:
        """Take cash at the counter and credit the account."""
        account = self._account(iban)
        reference = self._reference()
        entry = Entry(
            reference,
            amount,
            Direction.CREDIT,
            at_us,
            end_to_end_id=reference,
            counterparty_name=COUNTER,
            counterparty_iban=None,
            remittance="Cash deposit",
        )
        self._cash_minor -= amount.minor
        self._append(account, entry, amount.minor)
        return entry

    def period(self, iban: Iban, *, from_us: int, until_us: int) -> Period:
        """Return what the account did in ``from_us`` <= booked < ``until_us``."""
        account = self._account(iban)
        first = bisect_left(account.booked_us, from_us)
        end = bisect_left(account.booked_us, until_us)
        opening = account.after_minor[first - 1] if first else 0
        closing = account.after_minor[end - 1] if end else 0
        return Period(
            Money(self.currency, opening),
            Money(self.currency, closing),
            tuple(account.entries[first:end]),
        )

    def check(self) -> None:
        """Check that no money was made or lost, and that each balance follows from its entries.

        Raises:
            StatementError: naming the account or the difference.
        """
        total = self._cash_minor
        for account in self._accounts.values():
            total += account.balance_minor
            told = sum(
                e.amount.minor if e.direction is Direction.CREDIT else -e.amount.minor
                for e in account.entries
            )
            if told != account.balance_minor or told < 0:
                raise _broken(f"{account.iban} holds {account.balance_minor}, entries say {told}")
        if total:
            raise _broken(f"the sum over all accounts is {total} minor units, not zero")

    def _append(self, account: _Account, entry: Entry, change_minor: int) -> None:
        if entry.booked_us < self._last_us:
            raise _broken(f"the booking {entry.reference} is older than the one before")
        self._last_us = entry.booked_us
        account.balance_minor += change_minor
        account.entries.append(entry)
        account.booked_us.append(entry.booked_us)
        account.after_minor.append(account.balance_minor)

    def _reference(self) -> str:
        self._bookings += 1
        return f"B{self._bookings:012d}"

    def _account(self, iban: Iban) -> _Account:
        account = self._accounts.get(iban)
        if account is None:
            raise UnknownAccountError(
                f"The bank keeps no account {iban[:40]!r}.",
                why=f"It keeps {len(self._accounts)} accounts.",
                fix="Open it first, or compare the number with the one the bank gave.",
                iban=iban[:40],
            )
        return account


def _entry(
    transfer: CreditTransfer, reference: str, at_us: Micros, *, counterparty: _Account
) -> Entry:
    paying = counterparty.iban == transfer.creditor.iban
    return Entry(
        reference,
        transfer.amount,
        Direction.DEBIT if paying else Direction.CREDIT,
        at_us,
        end_to_end_id=transfer.end_to_end_id,
        counterparty_name=counterparty.holder,
        counterparty_iban=counterparty.iban,
        remittance=transfer.remittance,
    )


def _broken(why: str) -> StatementError:
    return StatementError(
        "The bank's books are broken.",
        why=f"{why[0].upper()}{why[1:]}.",
        fix="This is a defect of the simulation: report it with the seed of the trial.",
        code="rails.bank_books_broken",
    )
