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

from sandrail.ledger.codes import ACCEPTED_MAX, AccountFlag, GateDecision, Outcome, PendingState
from sandrail.ledger.codes import RowFlag as Row
from sandrail.ledger.limits import TIMEOUT_US_MAX
from sandrail.ledger.state import BookState, RowColumns, at
from sandrail.money import add128, le128, lt128, sub128
from sandrail.world.jit import I64, U64, Column, kernel, kernel_part

__all__ = [
    "CHAIN_CUT",
    "CHAIN_MIXED",
    "CHAIN_NONE",
    "CHAIN_POST",
    "CHAIN_REPLAY",
    "begin_batch",
    "begin_chain",
    "chain_outcome",
    "expire_due",
    "find_slot",
    "known_outcome",
    "plan_chain",
    "post_batch",
    "post_row",
    "rebuild_index",
    "refuse_row",
    "undo_chain",
]

# Compilers see these as constants; enum members would not do in arithmetic.
PENDING, POST, VOID, LINKED = int(Row.PENDING), int(Row.POST), int(Row.VOID), int(Row.LINKED)
KNOWN_FLAGS = PENDING | POST | VOID | LINKED
NO_OVERDRAW_CREDITS = int(AccountFlag.MUST_NOT_OVERDRAW_CREDITS)
NO_OVERDRAW_DEBITS = int(AccountFlag.MUST_NOT_OVERDRAW_DEBITS)
FROZEN_DEBIT, FROZEN_CREDIT = int(AccountFlag.FROZEN_DEBIT), int(AccountFlag.FROZEN_CREDIT)
CLOSED = int(AccountFlag.CLOSED)
HOLD, BLOCK = int(GateDecision.HOLD), int(GateDecision.BLOCK)
OPEN = int(PendingState.OPEN)
STATE_POSTED, STATE_VOIDED = int(PendingState.POSTED), int(PendingState.VOIDED)
STATE_EXPIRED = int(PendingState.EXPIRED)

ACCEPTED = ACCEPTED_MAX
POSTED, PENDED, HELD, VOIDED = 1, 2, 3, 4
UNSEEN = int(Outcome.NOT_RUN)
EXISTS = int(Outcome.EXISTS)
ID_ALREADY_REFUSED = int(Outcome.ID_ALREADY_REFUSED)
ID_CONFLICT = int(Outcome.ID_CONFLICT)
ID_ZERO = int(Outcome.ID_ZERO)
FLAGS_INVALID = int(Outcome.FLAGS_INVALID)
TIMEOUT_INVALID = int(Outcome.TIMEOUT_INVALID)
PENDING_ID_UNEXPECTED = int(Outcome.PENDING_ID_UNEXPECTED)
REFUSED_BY_GATE = int(Outcome.REFUSED_BY_GATE)
AMOUNT_ZERO = int(Outcome.AMOUNT_ZERO)
ACCOUNT_UNKNOWN = int(Outcome.ACCOUNT_UNKNOWN)
SAME_ACCOUNT = int(Outcome.SAME_ACCOUNT)
ASSET_MISMATCH = int(Outcome.ASSET_MISMATCH)
ACCOUNT_CLOSED = int(Outcome.ACCOUNT_CLOSED)
ACCOUNT_FROZEN = int(Outcome.ACCOUNT_FROZEN)
OVERFLOW = int(Outcome.OVERFLOW)
OVERDRAFT = int(Outcome.OVERDRAFT)
PENDING_UNKNOWN = int(Outcome.PENDING_UNKNOWN)
PENDING_ALREADY_POSTED = int(Outcome.PENDING_ALREADY_POSTED)
PENDING_ALREADY_VOIDED = int(Outcome.PENDING_ALREADY_VOIDED)
PENDING_ALREADY_EXPIRED = int(Outcome.PENDING_ALREADY_EXPIRED)
PENDING_MISMATCH = int(Outcome.PENDING_MISMATCH)
PENDING_EXCEEDS = int(Outcome.PENDING_EXCEEDS)
LINKED_FAILED = int(Outcome.LINKED_FAILED)
CHAIN_OPEN = int(Outcome.CHAIN_OPEN)

CHAIN_NONE = 0
"""The row is alone."""
CHAIN_POST = 1
"""A chain of ids never seen: post it, all or none."""
CHAIN_REPLAY = 2
"""A chain of ids all seen before: each row gets its answer again."""
CHAIN_MIXED = 3
"""A chain of ids partly seen before: it cannot be all or none any more, so its new rows fail."""
CHAIN_CUT = 4
"""The batch ends inside the chain: none of it happens."""

ACCOUNTS, TRANSFERS, HEAP = at.ACCOUNTS, at.TRANSFERS, at.HEAP
EPOCH, TOUCHED, CHAIN_START, LAST_US = at.EPOCH, at.TOUCHED, at.CHAIN_START, at.LAST_US
DEBITS_PENDING, DEBITS_POSTED = at.DEBITS_PENDING, at.DEBITS_POSTED
CREDITS_PENDING, CREDITS_POSTED = at.CREDITS_PENDING, at.CREDITS_POSTED

ZERO, ONE = np.uint64(0), np.uint64(1)
TAG_BITS = np.uint64(0xFFFF_FFFF_0000_0000)
SLOT_BITS = np.uint64(0x0000_0000_FFFF_FFFF)
MIX_1 = np.uint64(0x9E37_79B9_7F4A_7C15)
MIX_2 = np.uint64(0xBF58_476D_1CE4_E5B9)
MIX_3 = np.uint64(0x94D0_49BB_1331_11EB)
S27, S30, S31 = np.uint64(27), np.uint64(30), np.uint64(31)


# --- ids -----------------------------------------------------------------------------------------


@kernel_part
def mix_id(hi: U64, lo: U64) -> U64:
    """Return 64 well-mixed bits of an id: low bits choose the place, high bits are the tag."""
    x = lo ^ (hi * MIX_1)
    x = (x ^ (x >> S30)) * MIX_2
    x = (x ^ (x >> S27)) * MIX_3
    return x ^ (x >> S31)


@kernel_part
def find_slot(book: BookState, hi: U64, lo: U64) -> I64:
    """Return the slot of an id in ``book.transfers``, or -1 when it was never used."""
    mask = np.uint64(book.index.shape[0] - 1)
    mixed = mix_id(hi, lo)
    tag = mixed & TAG_BITS
    place = mixed & mask
    while True:
        entry = book.index[place]
        if entry == ZERO:
            return np.int64(-1)
        if (entry & TAG_BITS) == tag:
            slot = np.int64(entry & SLOT_BITS) - 1
            known = book.transfers[slot]
            if known.id_lo == lo and known.id_hi == hi:
                return slot
        place = (place + ONE) & mask


@kernel_part
def insert_slot(index: Column, hi: U64, lo: U64, slot: I64) -> None:
    """Add an id that is not in the index yet."""
    mask = np.uint64(index.shape[0] - 1)
    mixed = mix_id(hi, lo)
    place = mixed & mask
    while index[place] != ZERO:
        place = (place + ONE) & mask
    index[place] = (mixed & TAG_BITS) | np.uint64(slot + 1)


@kernel
def rebuild_index(index: Column, transfers: Column, count: int) -> None:
    """Fill an empty index with the first ``count`` transfers."""
    for slot in range(count):
        insert_slot(index, transfers[slot].id_hi, transfers[slot].id_lo, slot)


@kernel_part
def same_row(book: BookState, slot: I64, rows: RowColumns, i: I64) -> bool:
    """Return whether row ``i`` asks exactly what the stored row asked; the gate's word is no part."""
    known = book.transfers[slot]
    return bool(
        known.amount_lo == rows.amount_lo[i]
        and known.amount_hi == rows.amount_hi[i]
        and known.debit == rows.debit[i]
        and known.credit == rows.credit[i]
        and known.flags == rows.flags[i]
        and known.pending_lo == rows.pending_lo[i]
        and known.pending_hi == rows.pending_hi[i]
        and known.timeout_us == rows.timeout_us[i]
    )


@kernel_part
def known_outcome(book: BookState, rows: RowColumns, i: I64) -> I64:
    """Return EXISTS, ID_ALREADY_REFUSED or ID_CONFLICT for an id used before, else NOT_RUN.

    A composer asks this before its own checks, so that a retry is not counted twice.
    """
    slot = find_slot(book, rows.id_hi[i], rows.id_lo[i])
    if slot < 0:
        return UNSEEN
    if not same_row(book, slot, rows, i):
        return ID_CONFLICT
    return EXISTS if book.transfers[slot].outcome <= ACCEPTED else ID_ALREADY_REFUSED


@kernel_part
def record_row(
    book: BookState, rows: RowColumns, i: I64, now_us: I64, decision: I64, outcome: I64
) -> I64:
    """Write row ``i`` with its outcome into the table of transfers; its id is used from now on."""
    slot = book.counters[TRANSFERS]
    entry = book.transfers[slot]
    entry.id_hi = rows.id_hi[i]
    entry.id_lo = rows.id_lo[i]
    entry.amount_hi = rows.amount_hi[i]
    entry.amount_lo = rows.amount_lo[i]
    entry.pending_hi = rows.pending_hi[i]
    entry.pending_lo = rows.pending_lo[i]
    entry.timeout_us = rows.timeout_us[i]
    entry.at_us = now_us
    entry.debit = rows.debit[i]
    entry.credit = rows.credit[i]
    entry.flags = rows.flags[i]
    entry.outcome = outcome
    entry.state = OPEN if outcome == PENDED or outcome == HELD else 0
    entry.decision = decision
    insert_slot(book.index, rows.id_hi[i], rows.id_lo[i], slot)
    book.counters[TRANSFERS] = slot + 1
    return slot


# --- balances ------------------------------------------------------------------------------------


@kernel_part
def touch(book: BookState, account: I64) -> None:
    """Remember that the current batch changed an account."""
    if book.accounts[account].epoch != book.counters[EPOCH]:
        book.accounts[account].epoch = book.counters[EPOCH]
        book.touched[book.counters[TOUCHED]] = account
        book.counters[TOUCHED] += 1


@kernel_part
def raise_balance(book: BookState, account: I64, column: I64, hi: U64, lo: U64) -> None:
    """Add to one of the four balances; ``check_legs`` has made sure that it fits."""
    line = book.balances[account]
    line[column], line[column + 1], _ = add128(line[column], line[column + 1], hi, lo)


@kernel_part
def lower_balance(book: BookState, account: I64, column: I64, hi: U64, lo: U64) -> None:
    """Take from one of the four balances what was added to it before."""
    line = book.balances[account]
    line[column], line[column + 1], _ = sub128(line[column], line[column + 1], hi, lo)


@kernel_part
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


@kernel_part
def check_legs(book: BookState, debit: I64, credit: I64, hi: U64, lo: U64) -> I64:
    """Return NOT_RUN when ``debit`` may give and ``credit`` may take the amount, or the refusal."""
    count = book.counters[ACCOUNTS]
    if debit < 0 or debit >= count or credit < 0 or credit >= count:
        return ACCOUNT_UNKNOWN
    if debit == credit:
        return SAME_ACCOUNT
    if book.accounts[debit].asset != book.accounts[credit].asset:
        return ASSET_MISMATCH
    debit_flags = book.accounts[debit].flags
    credit_flags = book.accounts[credit].flags
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


@kernel_part
def set_aside(book: BookState, debit: I64, credit: I64, hi: U64, lo: U64) -> None:
    """Make an amount pending on both accounts."""
    raise_balance(book, debit, DEBITS_PENDING, hi, lo)
    raise_balance(book, credit, CREDITS_PENDING, hi, lo)
    touch(book, debit)
    touch(book, credit)


@kernel_part
def release(book: BookState, debit: I64, credit: I64, hi: U64, lo: U64) -> None:
    """Undo ``set_aside``."""
    lower_balance(book, debit, DEBITS_PENDING, hi, lo)
    lower_balance(book, credit, CREDITS_PENDING, hi, lo)
    touch(book, debit)
    touch(book, credit)


@kernel_part
def move(book: BookState, debit: I64, credit: I64, hi: U64, lo: U64) -> None:
    """Post an amount from one account to another."""
    raise_balance(book, debit, DEBITS_POSTED, hi, lo)
    raise_balance(book, credit, CREDITS_POSTED, hi, lo)
    touch(book, debit)
    touch(book, credit)


@kernel_part
def unmove(book: BookState, debit: I64, credit: I64, hi: U64, lo: U64) -> None:
    """Undo ``move``; only for a chain that fails within its own batch."""
    lower_balance(book, debit, DEBITS_POSTED, hi, lo)
    lower_balance(book, credit, CREDITS_POSTED, hi, lo)
    touch(book, debit)
    touch(book, credit)


# --- time-outs -----------------------------------------------------------------------------------


@kernel_part
def heap_before(heap: Column, a: I64, b: I64) -> bool:
    """Return whether entry ``a`` expires before ``b``; on a tie the earlier transfer goes first."""
    return bool(heap[a, 0] < heap[b, 0] or (heap[a, 0] == heap[b, 0] and heap[a, 1] < heap[b, 1]))


@kernel_part
def heap_swap(heap: Column, a: I64, b: I64) -> None:
    """Exchange two entries."""
    expires_us, slot = heap[a, 0], heap[a, 1]
    heap[a, 0], heap[a, 1] = heap[b, 0], heap[b, 1]
    heap[b, 0], heap[b, 1] = expires_us, slot


@kernel_part
def heap_push(book: BookState, expires_us: I64, slot: I64) -> None:
    """Add a time-out."""
    heap = book.heap
    child = book.counters[HEAP]
    heap[child, 0] = expires_us
    heap[child, 1] = slot
    book.counters[HEAP] = child + 1
    while child > 0:
        parent = (child - 1) // 2
        if not heap_before(heap, child, parent):
            break
        heap_swap(heap, child, parent)
        child = parent


@kernel_part
def heap_pop(book: BookState) -> I64:
    """Remove the earliest time-out and return its slot."""
    heap = book.heap
    slot = heap[0, 1]
    count = book.counters[HEAP] - 1
    book.counters[HEAP] = count
    heap[0, 0], heap[0, 1] = heap[count, 0], heap[count, 1]
    parent = 0
    while True:
        child = 2 * parent + 1
        if child >= count:
            return slot
        if child + 1 < count and heap_before(heap, child + 1, child):
            child += 1
        if not heap_before(heap, child, parent):
            return slot
        heap_swap(heap, child, parent)
        parent = child


@kernel_part
def expire_due(book: BookState, now_us: I64, out_slots: Column) -> I64:
    """Release pending transfers whose time-out has come, earliest first.

    A transfer set aside at ``t`` with time-out ``d`` is due from the instant ``t + d`` on. Returns
    how many slots were written to ``out_slots``; when that is its length, call again.
    """
    count = 0
    while book.counters[HEAP] > 0 and book.heap[0, 0] <= now_us and count < out_slots.shape[0]:
        slot = heap_pop(book)
        entry = book.transfers[slot]
        if entry.state != OPEN:
            continue
        release(
            book, np.int64(entry.debit), np.int64(entry.credit), entry.amount_hi, entry.amount_lo
        )
        entry.state = STATE_EXPIRED
        out_slots[count] = slot
        count += 1
    return count


# --- rows ----------------------------------------------------------------------------------------


@kernel_part
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


@kernel_part
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


@kernel_part
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
    if entry.timeout_us != 0 and entry.at_us + entry.timeout_us <= now_us:
        return PENDING_ALREADY_EXPIRED
    return UNSEEN


@kernel_part
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
    debit_flags = book.accounts[entry.debit].flags
    credit_flags = book.accounts[entry.credit].flags
    if (debit_flags | credit_flags) & CLOSED:
        return ACCOUNT_CLOSED
    if debit_flags & FROZEN_DEBIT or credit_flags & FROZEN_CREDIT:
        return ACCOUNT_FROZEN
    return UNSEEN


@kernel_part
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


@kernel_part
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
    slot = record_row(book, rows, i, now_us, decision, outcome)
    if (outcome == PENDED or outcome == HELD) and rows.timeout_us[i] != 0:
        heap_push(book, now_us + rows.timeout_us[i], slot)
    return outcome


@kernel_part
def refuse_row(
    book: BookState, rows: RowColumns, i: I64, now_us: I64, decision: I64, outcome: I64
) -> I64:
    """Refuse row ``i`` unseen and use up its id; an id used before keeps its answer."""
    if rows.id_hi[i] == ZERO and rows.id_lo[i] == ZERO:
        return ID_ZERO
    known = known_outcome(book, rows, i)
    if known != UNSEEN:
        return known
    record_row(book, rows, i, now_us, decision, outcome)
    return outcome


# --- chains --------------------------------------------------------------------------------------


@kernel_part
def plan_chain(book: BookState, rows: RowColumns, first: I64, n: I64) -> tuple[I64, I64]:
    """Return the last row of the chain that begins at ``first``, and what to do with it."""
    if not np.int64(rows.flags[first]) & LINKED:
        return first, CHAIN_NONE
    last, known = first, 0
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


@kernel_part
def chain_outcome(plan: I64, j: I64, last: I64) -> I64:
    """Return the refusal for row ``j`` of a chain that is not to be posted."""
    return CHAIN_OPEN if plan == CHAIN_CUT and j == last else LINKED_FAILED


@kernel_part
def begin_chain(book: BookState) -> None:
    """Mark where the chain starts, so that ``undo_chain`` knows how far back to go."""
    book.counters[CHAIN_START] = book.counters[TRANSFERS]


@kernel_part
def undo_entry(book: BookState, slot: I64) -> None:
    """Take back one accepted transfer, latest first, and mark it as failed with its chain."""
    entry = book.transfers[slot]
    if entry.outcome == POSTED or entry.outcome == VOIDED:
        if np.int64(entry.flags) & (POST | VOID):
            pended = book.transfers[find_slot(book, entry.pending_hi, entry.pending_lo)]
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


@kernel_part
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


# --- batches -------------------------------------------------------------------------------------


@kernel_part
def begin_batch(book: BookState, now_us: I64) -> None:
    """Start a batch: forget which accounts the last one touched."""
    book.counters[EPOCH] += 1
    book.counters[TOUCHED] = 0
    book.counters[LAST_US] = now_us


@kernel_part
def post_chain(
    book: BookState, rows: RowColumns, first: I64, last: I64, now_us: I64, outcomes: Column
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


@kernel
def post_batch(
    book: BookState, rows: RowColumns, now_us: int, outcomes: Column, expired: Column
) -> int:
    """Post a batch under the decisions it carries; return how many pending transfers timed out.

    ``expired`` receives their slots and must have room for all of the heap.
    """
    begin_batch(book, now_us)
    expired_count = expire_due(book, now_us, expired)
    n = rows.id_hi.shape[0]
    i = 0
    while i < n:
        last, plan = plan_chain(book, rows, i, n)
        if plan == CHAIN_NONE:
            outcomes[i] = post_row(book, rows, i, now_us, np.int64(rows.decision[i]))
        elif plan == CHAIN_POST:
            post_chain(book, rows, i, last, now_us, outcomes)
        else:
            for j in range(i, last + 1):
                outcomes[j] = refuse_row(
                    book, rows, j, now_us, np.int64(rows.decision[j]), chain_outcome(plan, j, last)
                )
        i = last + 1
    return int(expired_count)
