"""The two legs of a transfer: may the amount move, and moving it."""

from __future__ import annotations

from sandrail.ledger.ints import (
    ACCOUNT_CLOSED,
    ACCOUNT_FROZEN,
    ACCOUNT_UNKNOWN,
    ACCOUNTS,
    ASSET_MISMATCH,
    CLOSED,
    CREDITS_PENDING,
    CREDITS_POSTED,
    DEBITS_PENDING,
    DEBITS_POSTED,
    EPOCH,
    FROZEN_CREDIT,
    FROZEN_DEBIT,
    NO_OVERDRAW_CREDITS,
    NO_OVERDRAW_DEBITS,
    OVERDRAFT,
    OVERFLOW,
    SAME_ACCOUNT,
    TOUCHED,
    UNSEEN,
)
from sandrail.ledger.state import BookState
from sandrail.money import add128, le128, sub128
from sandrail.world.jit import I64, U64, lean_part

__all__ = [
    "check_legs",
    "lower_balance",
    "move",
    "raise_balance",
    "release",
    "set_aside",
    "spends_too_much",
    "touch",
    "unmove",
]


@lean_part
def touch(book: BookState, account: I64) -> None:
    """Remember that the current batch changed an account."""
    if book.accounts[account].epoch != book.counters[EPOCH]:
        book.accounts[account].epoch = book.counters[EPOCH]
        book.touched[book.counters[TOUCHED]] = account
        book.counters[TOUCHED] += 1


@lean_part
def raise_balance(book: BookState, account: I64, column: I64, hi: U64, lo: U64) -> None:
    """Add to one of the four balances; ``check_legs`` has made sure that it fits."""
    line = book.balances[account]
    line[column], line[column + 1], _ = add128(line[column], line[column + 1], hi, lo)


@lean_part
def lower_balance(book: BookState, account: I64, column: I64, hi: U64, lo: U64) -> None:
    """Take from one of the four balances what was added to it before."""
    line = book.balances[account]
    line[column], line[column + 1], _ = sub128(line[column], line[column + 1], hi, lo)


@lean_part
def spends_too_much(
    book: BookState, account: I64, spent: I64, earned: I64, hi: U64, lo: U64
) -> I64:
    """Return 2 when pending + posted + amount overflows, 1 when it exceeds what is earned, or 0.

    ``spent`` is the pending column of the growing side (the posted one follows it) and ``earned``
    the posted column of the other side.
    """
    line = book.balances[account]
    sum_hi, sum_lo, _ = add128(line[spent], line[spent + 1], line[spent + 2], line[spent + 3])
    sum_hi, sum_lo, overflow = add128(sum_hi, sum_lo, hi, lo)
    if overflow:
        return 2
    return 0 if le128(sum_hi, sum_lo, line[earned], line[earned + 1]) else 1


@lean_part
def check_legs(book: BookState, debit: I64, credit: I64, hi: U64, lo: U64) -> I64:
    """Return NOT_RUN when ``debit`` may give and ``credit`` may take the amount, or the refusal."""
    count = book.counters[ACCOUNTS]
    if debit < 0 or debit >= count or credit < 0 or credit >= count:
        return ACCOUNT_UNKNOWN
    if debit == credit:
        return SAME_ACCOUNT
    if book.accounts[debit].asset != book.accounts[credit].asset:
        return ASSET_MISMATCH
    debit_flags = book.accounts[debit]["flags"]
    credit_flags = book.accounts[credit]["flags"]
    if (debit_flags | credit_flags) & CLOSED:
        return ACCOUNT_CLOSED
    if debit_flags & FROZEN_DEBIT or credit_flags & FROZEN_CREDIT:
        return ACCOUNT_FROZEN
    spends = spends_too_much(book, debit, DEBITS_PENDING, CREDITS_POSTED, hi, lo)
    takes = spends_too_much(book, credit, CREDITS_PENDING, DEBITS_POSTED, hi, lo)
    if spends == 2 or takes == 2:
        return OVERFLOW
    if spends == 1 and debit_flags & NO_OVERDRAW_CREDITS:
        return OVERDRAFT
    if takes == 1 and credit_flags & NO_OVERDRAW_DEBITS:
        return OVERDRAFT
    return UNSEEN


@lean_part
def set_aside(book: BookState, debit: I64, credit: I64, hi: U64, lo: U64) -> None:
    """Make an amount pending on both accounts."""
    raise_balance(book, debit, DEBITS_PENDING, hi, lo)
    raise_balance(book, credit, CREDITS_PENDING, hi, lo)
    touch(book, debit)
    touch(book, credit)


@lean_part
def release(book: BookState, debit: I64, credit: I64, hi: U64, lo: U64) -> None:
    """Undo ``set_aside``."""
    lower_balance(book, debit, DEBITS_PENDING, hi, lo)
    lower_balance(book, credit, CREDITS_PENDING, hi, lo)
    touch(book, debit)
    touch(book, credit)


@lean_part
def move(book: BookState, debit: I64, credit: I64, hi: U64, lo: U64) -> None:
    """Post an amount from one account to another."""
    raise_balance(book, debit, DEBITS_POSTED, hi, lo)
    raise_balance(book, credit, CREDITS_POSTED, hi, lo)
    touch(book, debit)
    touch(book, credit)


@lean_part
def unmove(book: BookState, debit: I64, credit: I64, hi: U64, lo: U64) -> None:
    """Undo ``move``; only for a chain that fails within its own batch."""
    lower_balance(book, debit, DEBITS_POSTED, hi, lo)
    lower_balance(book, credit, CREDITS_POSTED, hi, lo)
    touch(book, debit)
    touch(book, credit)
