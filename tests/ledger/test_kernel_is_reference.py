"""The kernel and the reference agree on every outcome, balance and fate, whatever is asked."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, given, settings

from sandrail.ledger import Book, rows_of
from sandrail.ledger.reference import ReferenceBook
from tests.ledger.makers import ACCOUNTS, Batch, batches, small_book, small_reference

EXAMPLES = int(os.environ.get("SANDRAIL_SEEDS", "250"))


def run_both(book: Book, reference: ReferenceBook, history: list[Batch]) -> None:
    """Post the history to both and compare after every batch."""
    now_us = 1_000
    for batch in history:
        now_us += batch.wait_us
        if batch.freeze is not None:
            book.set_flags(*batch.freeze)
            reference.set_flags(*batch.freeze)
        result = book.post(rows_of(batch.rows), now_us, with_balances=True)
        expected = reference.post(batch.rows, now_us)
        assert result.outcomes.tolist() == [int(outcome) for outcome in expected]
        compare(book, reference)


def compare(book: Book, reference: ReferenceBook) -> None:
    """Every balance and the fate of every id."""
    for no in range(len(ACCOUNTS)):
        found = book.balance(no)
        assert reference.accounts[no].balances == (
            found.debits_pending,
            found.debits_posted,
            found.credits_pending,
            found.credits_posted,
        )
    assert book.transfer_count == len(reference.transfers)
    for id_, expected in reference.transfers.items():
        transfer = book.transfer(id_)
        assert transfer is not None
        assert (transfer.outcome, transfer.state) == (expected.outcome, expected.state)
        assert transfer.at_us == expected.at_us
    assert all(line.balances for line in book.trial_balance())


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(history=batches())
def test_kernel_agrees_with_reference(history: list[Batch]) -> None:
    run_both(small_book(), small_reference(), history)
