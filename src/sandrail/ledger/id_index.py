"""The ids that were ever used: an open-addressing index over the table of transfers."""

from __future__ import annotations

import numpy as np

from sandrail.ledger.ints import (
    ACCEPTED,
    EXISTS,
    HELD,
    ID_ALREADY_REFUSED,
    ID_CONFLICT,
    ONE,
    OPEN,
    PENDED,
    TRANSFERS,
    UNSEEN,
    ZERO,
)
from sandrail.ledger.state import BookState, RowColumns
from sandrail.world.jit import I64, U64, Column, kernel, lean_part

__all__ = [
    "find_slot",
    "insert_slot",
    "known_outcome",
    "mix_id",
    "rebuild_ids",
    "record_row",
    "same_row",
    "slot_of",
    "slots_of",
]

TAG_BITS = np.uint64(0xFFFF_FFFF_0000_0000)
SLOT_BITS = np.uint64(0x0000_0000_FFFF_FFFF)
MIX_1 = np.uint64(0x9E37_79B9_7F4A_7C15)
MIX_2 = np.uint64(0xBF58_476D_1CE4_E5B9)
MIX_3 = np.uint64(0x94D0_49BB_1331_11EB)
S27, S30, S31 = np.uint64(27), np.uint64(30), np.uint64(31)


@lean_part
def mix_id(hi: U64, lo: U64) -> U64:
    """Return 64 well-mixed bits of an id: low bits choose the place, high bits are the tag."""
    x = lo ^ (hi * MIX_1)
    x = (x ^ (x >> S30)) * MIX_2
    x = (x ^ (x >> S27)) * MIX_3
    return x ^ (x >> S31)


@lean_part
def find_slot(book: BookState, hi: U64, lo: U64) -> I64:
    """Return the slot of an id in ``book.transfers``, or -1 when it was never used."""
    mask = np.uint64(book.ids.shape[0] - 1)
    mixed = mix_id(hi, lo)
    tag = mixed & TAG_BITS
    place = mixed & mask
    while True:
        entry = book.ids[place]
        if entry == ZERO:
            return np.int64(-1)
        if (entry & TAG_BITS) == tag:
            slot = np.int64(entry & SLOT_BITS) - 1
            known = book.transfers[slot]
            if known.id_lo == lo and known.id_hi == hi:
                return slot
        place = (place + ONE) & mask


@lean_part
def insert_slot(ids: Column, hi: U64, lo: U64, slot: I64) -> None:
    """Add an id that is not in the index yet."""
    mask = np.uint64(ids.shape[0] - 1)
    mixed = mix_id(hi, lo)
    place = mixed & mask
    while ids[place] != ZERO:
        place = (place + ONE) & mask
    ids[place] = (mixed & TAG_BITS) | np.uint64(slot + 1)


@kernel
def rebuild_ids(ids: Column, transfers: Column, count: int) -> None:
    """Fill an empty index with the first ``count`` transfers."""
    for slot in range(count):
        insert_slot(ids, transfers[slot].id_hi, transfers[slot].id_lo, slot)


@kernel
def slot_of(book: BookState, hi: U64, lo: U64) -> int:
    """``find_slot`` for callers in Python."""
    return int(find_slot(book, hi, lo))


@kernel
def slots_of(book: BookState, hi: Column, lo: Column, out_slots: Column) -> None:
    """Write the slot of each id into ``out_slots``, -1 for an id never used."""
    for i in range(hi.shape[0]):
        out_slots[i] = find_slot(book, hi[i], lo[i])


@lean_part
def same_row(book: BookState, slot: I64, rows: RowColumns, i: I64) -> bool:
    """Return whether row ``i`` asks what the stored row asked; the gate's word is no part of it."""
    known = book.transfers[slot]
    return bool(
        known.amount_lo == rows.amount_lo[i]
        and known.amount_hi == rows.amount_hi[i]
        and known.debit == rows.debit[i]
        and known.credit == rows.credit[i]
        and known["flags"] == rows.flags[i]
        and known.pending_lo == rows.pending_lo[i]
        and known.pending_hi == rows.pending_hi[i]
        and known.timeout_us == rows.timeout_us[i]
    )


@lean_part
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


@lean_part
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
    entry["flags"] = rows.flags[i]
    entry.outcome = outcome
    entry.state = OPEN if outcome in (PENDED, HELD) else 0
    entry.decision = decision
    insert_slot(book.ids, rows.id_hi[i], rows.id_lo[i], slot)
    book.counters[TRANSFERS] = slot + 1
    return slot
