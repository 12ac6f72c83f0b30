"""The stage of the stories about posting: a book with five accounts and a clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandrail.ledger import AccountFlag, Outcome, PendingState, RowFlag, TransferRow, rows_of

NewBook = Callable[[], Any]

OUTSIDE, ALI, SARA, BANK, TOKEN = 0, 1, 2, 3, 4


class Bench:
    """A book with five accounts, a clock, and ids that count up."""

    def __init__(self, new_book: NewBook) -> None:
        self.book = new_book()
        credit_normal = AccountFlag.MUST_NOT_OVERDRAW_CREDITS
        for asset, flags in (
            (0, AccountFlag.NONE),
            (0, credit_normal),
            (0, credit_normal),
            (0, AccountFlag.MUST_NOT_OVERDRAW_DEBITS),
            (1, credit_normal),
        ):
            self.book.open_account(asset=asset, flags=flags)
        self.now_us = 1_000
        self.id = 0

    def row(self, debit: int, credit: int, amount: int, **other: Any) -> TransferRow:
        """A row with the next id."""
        self.id += 1
        return TransferRow(id=self.id, debit=debit, credit=credit, amount=amount, **other)

    def end(self, pending_id: int, flag: RowFlag, amount: int = 0, **other: Any) -> TransferRow:
        """A POST or VOID of a pending transfer."""
        linked = other.pop("linked", RowFlag.NONE)
        debit, credit = other.pop("debit", -1), other.pop("credit", -1)
        return self.row(debit, credit, amount, flags=flag | linked, pending_id=pending_id, **other)

    def post(self, *rows: TransferRow) -> list[Outcome]:
        """Post rows as one batch and check that the book balances."""
        result = self.book.post(rows_of(rows), self.now_us)
        assert all(line.balances for line in self.book.trial_balance())
        return [Outcome(code) for code in result.outcomes.tolist()]

    def one(self, row: TransferRow) -> Outcome:
        """Post one row."""
        return self.post(row)[0]

    def fund(self, account: int, amount: int) -> None:
        """Give an account something to spend."""
        assert self.one(self.row(OUTSIDE, account, amount)) is Outcome.POSTED

    def four(self, account: int) -> tuple[int, int, int, int]:
        """Debits pending, debits posted, credits pending, credits posted."""
        found = self.book.balance(account)
        return (
            found.debits_pending,
            found.debits_posted,
            found.credits_pending,
            found.credits_posted,
        )

    def state(self, id_: int) -> PendingState:
        """The fate of a pending transfer."""
        return PendingState(int(self.book.transfer(id_).state))
