"""Makers of small books and of rows that collide, hold, chain and time out."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from sandrail.ledger import AccountFlag, Book, GateDecision, RowFlag, TransferRow
from sandrail.ledger.reference import ReferenceBook

CREDIT_NORMAL = AccountFlag.MUST_NOT_OVERDRAW_CREDITS
DEBIT_NORMAL = AccountFlag.MUST_NOT_OVERDRAW_DEBITS

ACCOUNTS: tuple[tuple[int, AccountFlag], ...] = (
    (0, AccountFlag.NONE),
    (0, CREDIT_NORMAL),
    (0, DEBIT_NORMAL),
    (0, CREDIT_NORMAL | DEBIT_NORMAL),
    (0, CREDIT_NORMAL),
    (1, AccountFlag.NONE),
    (1, CREDIT_NORMAL),
)
"""Asset and flags of the accounts of a small book: enough kinds for every outcome."""

AMOUNTS = (0, 1, 1, 2, 3, 5, 10, 100, 2**64 - 1, 2**64, 2**127, 2**128 - 1)
FLAGS = (
    *(RowFlag.NONE,) * 5,
    *(RowFlag.PENDING,) * 3,
    *(RowFlag.POST,) * 3,
    *(RowFlag.VOID,) * 2,
    RowFlag.PENDING | RowFlag.VOID,
    RowFlag(16),
)
DECISIONS = (*(GateDecision.ALLOW,) * 8, *GateDecision)


@dataclass(frozen=True)
class Batch:
    """Rows to post together, how long after the batch before, and flags to set before it."""

    rows: tuple[TransferRow, ...]
    wait_us: int
    freeze: tuple[int, AccountFlag] | None


def rows(*, ids: int = 14) -> st.SearchStrategy[TransferRow]:
    """Rows over few ids and accounts, so that most things that can collide do."""
    accounts = st.integers(-1, len(ACCOUNTS)) | st.sampled_from((2**32, 2**33 + 1))
    flags = st.sampled_from(FLAGS)
    linked = st.sampled_from((RowFlag.NONE, RowFlag.NONE, RowFlag.LINKED))
    return st.builds(
        _row,
        id_=st.integers(0, ids),
        debit=accounts,
        credit=accounts,
        amount=st.sampled_from(AMOUNTS),
        flags=flags,
        linked=linked,
        pending=st.integers(0, ids),
        timeout_us=st.sampled_from((0, 0, 0, 1, 3, 5, -1)),
        decision=st.sampled_from(DECISIONS),
        tidy=st.integers(0, 9),
    )


def _row(
    *,
    id_: int,
    debit: int,
    credit: int,
    amount: int,
    flags: RowFlag,
    linked: RowFlag,
    pending: int,
    timeout_us: int,
    decision: GateDecision,
    tidy: int,
) -> TransferRow:
    """Mostly sensible rows: nine of ten carry a pending id only where it belongs, and so on."""
    ends = bool(flags & (RowFlag.POST | RowFlag.VOID))
    if tidy:
        pending = pending if ends else 0
        timeout_us = 0 if ends else max(timeout_us, 0)
        if ends:
            debit, credit = -1, -1
    # The same id in two words shows whether high halves are compared.
    id_wide = id_ if id_ % 5 else id_ << 64
    pending_wide = pending if pending % 5 else pending << 64
    return TransferRow(
        id=id_wide,
        debit=debit,
        credit=credit,
        amount=amount,
        flags=flags | linked,
        pending_id=pending_wide,
        timeout_us=timeout_us,
        decision=decision,
    )


def batches(*, rows_max: int = 12, batches_max: int = 6) -> st.SearchStrategy[list[Batch]]:
    """Some batches, with an occasional freeze between them."""
    freeze = st.none() | st.tuples(
        st.integers(0, len(ACCOUNTS) - 1),
        st.sampled_from(
            (
                AccountFlag.NONE,
                AccountFlag.FROZEN_DEBIT,
                AccountFlag.FROZEN_CREDIT,
                AccountFlag.FROZEN_DEBIT | CREDIT_NORMAL,
            )
        ),
    )
    batch = st.builds(
        Batch,
        rows=st.lists(rows(), min_size=1, max_size=rows_max).map(tuple),
        wait_us=st.integers(0, 4),
        freeze=st.just(None) | freeze,
    )
    return st.lists(batch, min_size=1, max_size=batches_max)


def small_book() -> Book:
    """A book with the accounts of ``ACCOUNTS``."""
    book = Book()
    for asset, flags in ACCOUNTS:
        book.open_account(asset=asset, flags=flags)
    return book


def small_reference() -> ReferenceBook:
    """The same book in plain Python."""
    book = ReferenceBook()
    for asset, flags in ACCOUNTS:
        book.open_account(asset=asset, flags=flags)
    return book
