"""The posting kernel: the one place where a balance changes.

Rows are taken strictly in order, so row n sees the effect of every row before it. A composer (the
transfers room) calls the parts below from a loop of its own, its checks between; ``post_batch`` is
that loop without checks, and the proof that the parts suffice::

    begin_batch(book)
    n = expire_due(book, now_us, expired)          # until it returns less than expired holds
    for each row i:
        last, plan = plan_chain(book, rows, i, n)  # one row, or a linked chain i..last
        CHAIN_NONE:   outcome = post_row(book, rows, i, now_us, decision)
        CHAIN_POST:   begin_chain; post_row ...; at the first refusal undo_chain and refuse_row
        CHAIN_REPLAY, CHAIN_MIXED, CHAIN_CUT: refuse_row each, with chain_outcome(plan, j, last)

A caller reserves room first (``Book.reserve``): no part allocates or checks bounds.
"""

from __future__ import annotations

import numpy as np

from sandrail.ledger.id_index import find_slot, known_outcome, record_row
from sandrail.ledger.ints import (
    ACCEPTED,
    ACCOUNT_CLOSED,
    ACCOUNT_FROZEN,
    ACCOUNTS,
    AMOUNT_ZERO,
    BLOCK,
    CHAIN_OPEN,
    CHAIN_START,
    CLOSED,
    EPOCH,
    EXISTS,
    FLAGS_INVALID,
    FROZEN_CREDIT,
    FROZEN_DEBIT,
    HELD,
    HOLD,
    ID_ALREADY_REFUSED,
    ID_ZERO,
    IS_WIDE,
    KNOWN_FLAGS,
    LAST_US,
    LINKED,
    LINKED_FAILED,
    OPEN,
    PENDED,
    PENDING,
    PENDING_ALREADY_EXPIRED,
    PENDING_ALREADY_POSTED,
    PENDING_ALREADY_VOIDED,
    PENDING_EXCEEDS,
    PENDING_ID_UNEXPECTED,
    PENDING_MISMATCH,
    PENDING_UNKNOWN,
    POST,
    POSTED,
    REFUSED_BY_GATE,
    STATE_EXPIRED,
    STATE_POSTED,
    STATE_VOIDED,
    TIMEOUT_INVALID,
    TOUCHED,
    TRANSFERS,
    UNSEEN,
    VOID,
    VOIDED,
    ZERO,
)
from sandrail.ledger.legs import check_legs, move, release, set_aside, unmove
from sandrail.ledger.limits import TIMEOUT_US_MAX
from sandrail.ledger.state import BookState, RowColumns
from sandrail.ledger.timeouts import expire_due, heap_push
from sandrail.money import lt128
from sandrail.world.jit import I64, Column, kernel, lean_part

__all__ = [
    "CHAIN_CUT",
    "CHAIN_MIXED",
    "CHAIN_NONE",
    "CHAIN_POST",
    "CHAIN_REPLAY",
    "begin_batch",
    "begin_chain",
    "capture_after",
    "chain_outcome",
    "plan_chain",
    "post_batch",
    "post_row",
    "refuse_row",
    "undo_chain",
]

CHAIN_NONE = np.int64(0)
"""The row is alone."""
CHAIN_POST = np.int64(1)
"""A chain of ids never seen: post it, all or none."""
CHAIN_REPLAY = np.int64(2)
"""A chain of ids all seen before: each row gets its answer again."""
CHAIN_MIXED = np.int64(3)
"""A chain of ids partly seen before: it cannot be all or none any more, so its new rows fail."""
CHAIN_CUT = np.int64(4)
"""The batch ends inside the chain: none of it happens."""


@lean_part
def check_shape(rows: RowColumns, i: I64, decision: I64) -> I64:
    """Return NOT_RUN when the row makes sense by itself and the gate lets it in, or the refusal."""
    flags = np.int64(rows.flags[i])
    ends = flags & (POST | VOID)
    asked = flags & (PENDING | POST | VOID)
    if flags & ~KNOWN_FLAGS or asked & (asked - 1):
        return FLAGS_INVALID
    timeout_us = rows.timeout_us[i]
    if timeout_us < 0 or timeout_us > TIMEOUT_US_MAX or (ends and timeout_us != 0):
        return TIMEOUT_INVALID
    if not ends and (rows.pending_hi[i] != ZERO or rows.pending_lo[i] != ZERO):
        return PENDING_ID_UNEXPECTED
    if decision >= BLOCK or (decision == HOLD and ends):
        return REFUSED_BY_GATE
    return UNSEEN


@lean_part
def start_transfer(book: BookState, rows: RowColumns, i: I64, decision: I64) -> I64:
    """Post a plain row or set a pending one aside; return the outcome."""
    hi, lo = rows.amount_hi[i], rows.amount_lo[i]
    if hi == ZERO and lo == ZERO:
        return AMOUNT_ZERO
    debit, credit = rows.debit[i], rows.credit[i]
    refusal = check_legs(book, debit, credit, hi, lo)
    if refusal != UNSEEN:
        return refusal
    if np.int64(rows.flags[i]) & PENDING:
        set_aside(book, debit, credit, hi, lo)
        return PENDED
    if decision == HOLD:
        set_aside(book, debit, credit, hi, lo)
        return HELD
    move(book, debit, credit, hi, lo)
    return POSTED


@lean_part
def check_pending(book: BookState, slot: I64, now_us: I64) -> I64:
    """Return NOT_RUN when the transfer at ``slot`` is pending and not due, or the refusal."""
    if slot < 0:
        return PENDING_UNKNOWN
    entry = book.transfers[slot]
    if entry.state == STATE_POSTED:
        return PENDING_ALREADY_POSTED
    if entry.state == STATE_VOIDED:
        return PENDING_ALREADY_VOIDED
    if entry.state == STATE_EXPIRED:
        return PENDING_ALREADY_EXPIRED
    if entry.state != OPEN:
        return PENDING_UNKNOWN
    # Second of a pair: expire_due has run at this instant, so this cannot be true.
    if np.int64(entry["flags"]) & IS_WIDE:
        wide = book.wide[entry.place]
        if wide.timeout_us != 0 and book.instants[wide.batch] + wide.timeout_us <= now_us:
            return PENDING_ALREADY_EXPIRED
    return UNSEEN


@lean_part
def check_end(book: BookState, rows: RowColumns, i: I64, slot: I64) -> I64:
    """Return NOT_RUN when row ``i`` may post or void the pending transfer, or the refusal."""
    entry = book.transfers[slot]
    if rows.debit[i] != -1 and rows.debit[i] != entry.debit:
        return PENDING_MISMATCH
    if rows.credit[i] != -1 and rows.credit[i] != entry.credit:
        return PENDING_MISMATCH
    hi, lo = rows.amount_hi[i], rows.amount_lo[i]
    if np.int64(rows.flags[i]) & VOID:
        all_of_it = (hi == ZERO and lo == ZERO) or (hi == entry.amount_hi and lo == entry.amount_lo)
        return UNSEEN if all_of_it else PENDING_MISMATCH
    if lt128(entry.amount_hi, entry.amount_lo, hi, lo):
        return PENDING_EXCEEDS
    debit_flags = book.accounts[entry.debit]["flags"]
    credit_flags = book.accounts[entry.credit]["flags"]
    if (debit_flags | credit_flags) & CLOSED:
        return ACCOUNT_CLOSED
    if debit_flags & FROZEN_DEBIT or credit_flags & FROZEN_CREDIT:
        return ACCOUNT_FROZEN
    return UNSEEN


@lean_part
def end_transfer(book: BookState, rows: RowColumns, i: I64, now_us: I64) -> I64:
    """Post or void the pending transfer that row ``i`` names; return the outcome.

    No balance can overflow or overdraw here: what is posted was counted while it was pending.
    """
    slot = find_slot(book, rows.pending_hi[i], rows.pending_lo[i])
    refusal = check_pending(book, slot, now_us)
    if refusal == UNSEEN:
        refusal = check_end(book, rows, i, slot)
    if refusal != UNSEEN:
        return refusal
    entry = book.transfers[slot]
    debit, credit = np.int64(entry.debit), np.int64(entry.credit)
    release(book, debit, credit, entry.amount_hi, entry.amount_lo)
    if np.int64(rows.flags[i]) & VOID:
        entry.state = STATE_VOIDED
        return VOIDED
    hi, lo = rows.amount_hi[i], rows.amount_lo[i]
    if hi == ZERO and lo == ZERO:
        hi, lo = entry.amount_hi, entry.amount_lo
    move(book, debit, credit, hi, lo)
    entry.state = STATE_POSTED
    return POSTED


@lean_part
def post_row(book: BookState, rows: RowColumns, i: I64, now_us: I64, decision: I64) -> I64:
    """Do what row ``i`` asks, under the gate's decision, and return its ``Outcome``."""
    if rows.id_hi[i] == ZERO and rows.id_lo[i] == ZERO:
        return ID_ZERO
    outcome = known_outcome(book, rows, i)
    if outcome != UNSEEN:
        return outcome
    outcome = check_shape(rows, i, decision)
    if outcome == UNSEEN:
        if np.int64(rows.flags[i]) & (POST | VOID):
            outcome = end_transfer(book, rows, i, now_us)
        else:
            outcome = start_transfer(book, rows, i, decision)
    slot = record_row(book, rows, i, decision, outcome)
    if outcome in (PENDED, HELD) and rows.timeout_us[i] != 0:
        heap_push(book, now_us + rows.timeout_us[i], slot)
    return outcome


@lean_part
def refuse_row(
    book: BookState, rows: RowColumns, i: I64, now_us: I64, decision: I64, outcome: I64
) -> I64:
    """Refuse row ``i`` unseen and use up its id; an id used before keeps its answer."""
    if rows.id_hi[i] == ZERO and rows.id_lo[i] == ZERO:
        return ID_ZERO
    known = known_outcome(book, rows, i)
    if known != UNSEEN:
        return known
    record_row(book, rows, i, decision, outcome)
    return outcome


@lean_part
def plan_chain(book: BookState, rows: RowColumns, first: I64, n: I64) -> tuple[I64, I64]:
    """Return the last row of the chain that begins at ``first``, and what to do with it."""
    if not np.int64(rows.flags[first]) & LINKED:
        return first, CHAIN_NONE
    last, known = first, np.int64(0)
    while True:
        if find_slot(book, rows.id_hi[last], rows.id_lo[last]) >= 0:
            known += 1
        if not np.int64(rows.flags[last]) & LINKED or last == n - 1:
            break
        last += 1
    if known == last - first + 1:
        return last, CHAIN_REPLAY
    if np.int64(rows.flags[last]) & LINKED:
        return last, CHAIN_CUT
    return last, CHAIN_MIXED if known > 0 else CHAIN_POST


@lean_part
def chain_outcome(plan: I64, j: I64, last: I64) -> I64:
    """Return the refusal for row ``j`` of a chain that is not to be posted."""
    return CHAIN_OPEN if plan == CHAIN_CUT and j == last else LINKED_FAILED


@lean_part
def begin_chain(book: BookState) -> None:
    """Mark where the chain starts, so that ``undo_chain`` knows how far back to go."""
    book.counters[CHAIN_START] = book.counters[TRANSFERS]


@lean_part
def undo_entry(book: BookState, slot: I64) -> None:
    """Take back one accepted transfer, latest first, and mark it as failed with its chain."""
    entry = book.transfers[slot]
    if entry.outcome == POSTED or entry.outcome == VOIDED:
        if np.int64(entry["flags"]) & (POST | VOID):
            wide = book.wide[entry.place]
            pended = book.transfers[find_slot(book, wide.pending_hi, wide.pending_lo)]
            debit, credit = np.int64(pended.debit), np.int64(pended.credit)
            if entry.outcome == POSTED:
                hi, lo = entry.amount_hi, entry.amount_lo
                if hi == ZERO and lo == ZERO:
                    hi, lo = pended.amount_hi, pended.amount_lo
                unmove(book, debit, credit, hi, lo)
            set_aside(book, debit, credit, pended.amount_hi, pended.amount_lo)
            pended.state = OPEN
        else:
            debit, credit = np.int64(entry.debit), np.int64(entry.credit)
            unmove(book, debit, credit, entry.amount_hi, entry.amount_lo)
    else:
        debit, credit = np.int64(entry.debit), np.int64(entry.credit)
        release(book, debit, credit, entry.amount_hi, entry.amount_lo)
        entry.state = 0
    entry.outcome = LINKED_FAILED


@lean_part
def undo_chain(book: BookState, outcomes: Column, first: I64, last: I64) -> None:
    """Take back the rows posted since ``begin_chain`` and correct their ``outcomes``.

    ``last`` is the row that failed; it keeps its own outcome, unless that was EXISTS for an id
    earlier in this very chain, which is now refused. Time-outs of undone rows stay in the heap
    and are passed over when they come up, since nothing is pending any more.
    """
    slot = book.counters[TRANSFERS] - 1
    while slot >= book.counters[CHAIN_START]:
        if book.transfers[slot].outcome <= ACCEPTED:
            undo_entry(book, slot)
        slot -= 1
    for j in range(first, last + 1):
        if outcomes[j] <= ACCEPTED:
            outcomes[j] = LINKED_FAILED
        elif outcomes[j] == EXISTS:
            outcomes[j] = ID_ALREADY_REFUSED


@lean_part
def begin_batch(book: BookState, now_us: I64) -> None:
    """Start a batch: forget which accounts the last one touched."""
    book.counters[EPOCH] += 1
    book.instants[book.counters[EPOCH]] = now_us
    book.counters[TOUCHED] = 0
    book.counters[LAST_US] = now_us


@lean_part
def capture_after(
    book: BookState, rows: RowColumns, i: I64, debit_after: Column, credit_after: Column
) -> None:
    """Write both accounts' four balances as they are now into row ``i``; zeros if there is none."""
    debit: I64 = rows.debit[i]
    credit: I64 = rows.credit[i]
    if np.int64(rows.flags[i]) & (POST | VOID) and (debit < 0 or credit < 0):
        slot = find_slot(book, rows.pending_hi[i], rows.pending_lo[i])
        if slot >= 0:
            debit = np.int64(book.transfers[slot].debit) if debit < 0 else debit
            credit = np.int64(book.transfers[slot].credit) if credit < 0 else credit
    count = book.counters[ACCOUNTS]
    for column in range(8):
        debit_after[i, column] = book.balances[debit, column] if 0 <= debit < count else ZERO
        credit_after[i, column] = book.balances[credit, column] if 0 <= credit < count else ZERO


@lean_part
def post_chain(
    book: BookState,
    rows: RowColumns,
    first: I64,
    last: I64,
    now_us: I64,
    outcomes: Column,
    captures: bool,
    debit_after: Column,
    credit_after: Column,
) -> None:
    """Post the chain ``first..last`` as a whole, or refuse all of it."""
    begin_chain(book)
    failed = False
    for j in range(first, last + 1):
        decision = np.int64(rows.decision[j])
        if failed:
            outcomes[j] = refuse_row(book, rows, j, now_us, decision, LINKED_FAILED)
            continue
        outcomes[j] = post_row(book, rows, j, now_us, decision)
        if outcomes[j] > ACCEPTED:
            failed = True
            undo_chain(book, outcomes, first, j)
        elif captures:
            capture_after(book, rows, j, debit_after, credit_after)
    if failed and captures:
        for j in range(first, last + 1):
            capture_after(book, rows, j, debit_after, credit_after)


@kernel
def post_batch(
    book: BookState,
    rows: RowColumns,
    now_us: int,
    outcomes: Column,
    expired: Column,
    debit_after: Column,
    credit_after: Column,
) -> int:
    """Post a batch under the decisions it carries; return how many pending transfers timed out.

    ``expired`` receives their slots and must have room for all of the heap. ``debit_after`` and
    ``credit_after`` are u8[rows, 8], or u8[0, 8] when nobody asks.
    """
    begin_batch(book, now_us)
    expired_count = expire_due(book, now_us, expired)
    n = rows.id_hi.shape[0]
    captures = debit_after.shape[0] == n
    i = np.int64(0)
    while i < n:
        last, plan = plan_chain(book, rows, i, n)
        if plan == CHAIN_NONE:
            outcomes[i] = post_row(book, rows, i, now_us, np.int64(rows.decision[i]))
        elif plan == CHAIN_POST:
            post_chain(book, rows, i, last, now_us, outcomes, captures, debit_after, credit_after)
        else:
            for j in range(i, last + 1):
                outcomes[j] = refuse_row(
                    book, rows, j, now_us, np.int64(rows.decision[j]), chain_outcome(plan, j, last)
                )
        if captures and plan != CHAIN_POST:
            for j in range(i, last + 1):
                capture_after(book, rows, j, debit_after, credit_after)
        i = last + 1
    return int(expired_count)
