"""The ids that were ever used: an open-addressing index over the table of transfers."""

from __future__ import annotations

import numpy as np

from sandrail.ledger.ints import (
    ACCEPTED,
    EPOCH,
    EXISTS,
    HELD,
    ID_ALREADY_REFUSED,
    ID_CONFLICT,
    IS_WIDE,
    ONE,
    OPEN,
    PENDED,
    TRANSFERS,
    UNSEEN,
    WIDES,
    ZERO,
)
from sandrail.ledger.state import BookState, RowColumns
from sandrail.world.jit import I64, U64, Column, kernel, lean_part

__all__ = [
    "find_slot",
    "fits_narrow",
    "insert_slot",
    "known_outcome",
    "mix_id",
    "rebuild_ids",
    "record_row",
    "record_wide",
    "same_row",
    "sip_round",
    "slot_of",
    "slots_of",
]

INT32_MIN, INT32_MAX = np.int64(-(2**31)), np.int64(2**31 - 1)
NO_ACCOUNT = np.int64(-1)
TAG_BITS = np.uint64(0xFFFF_FFFF_0000_0000)
SLOT_BITS = np.uint64(0x0000_0000_FFFF_FFFF)
SIP_0, SIP_1 = np.uint64(0x736F_6D65_7073_6575), np.uint64(0x646F_7261_6E64_6F6D)
SIP_2, SIP_3 = np.uint64(0x6C79_6765_6E65_7261), np.uint64(0x7465_6462_7974_6573)
SIP_END, SIP_LENGTH = np.uint64(0xFF), np.uint64(16 << 56)
S13, S16, S17, S21, S32 = (np.uint64(n) for n in (13, 16, 17, 21, 32))
S43, S47, S48, S51 = (np.uint64(n) for n in (43, 47, 48, 51))


@lean_part
def sip_round(v0: U64, v1: U64, v2: U64, v3: U64) -> tuple[U64, U64, U64, U64]:
    """One round of SipHash (Aumasson and Bernstein, 2012)."""
    v0 += v1
    v2 += v3
    v1 = ((v1 << S13) | (v1 >> S51)) ^ v0
    v3 = ((v3 << S16) | (v3 >> S48)) ^ v2
    v0 = (v0 << S32) | (v0 >> S32)
    v2 += v1
    v0 += v3
    v1 = ((v1 << S17) | (v1 >> S47)) ^ v2
    v3 = ((v3 << S21) | (v3 >> S43)) ^ v0
    v2 = (v2 << S32) | (v2 >> S32)
    return v0, v1, v2, v3


@lean_part
def mix_id(key: Column, hi: U64, lo: U64) -> U64:
    """Return SipHash-1-3 of an id: low bits choose the place in the index, high bits are the tag.

    Without the key nobody can find ids that share a place, so nobody can make a book slow.
    """
    v0, v1, v2, v3 = key[0] ^ SIP_0, key[1] ^ SIP_1, key[0] ^ SIP_2, key[1] ^ SIP_3
    v0, v1, v2, v3 = sip_round(v0, v1, v2, v3 ^ lo)
    v0, v1, v2, v3 = sip_round(v0 ^ lo, v1, v2, v3 ^ hi)
    v0, v1, v2, v3 = sip_round(v0 ^ hi, v1, v2, v3 ^ SIP_LENGTH)
    v0, v1, v2, v3 = sip_round(v0 ^ SIP_LENGTH, v1, v2 ^ SIP_END, v3)
    v0, v1, v2, v3 = sip_round(v0, v1, v2, v3)
    v0, v1, v2, v3 = sip_round(v0, v1, v2, v3)
    return v0 ^ v1 ^ v2 ^ v3


@lean_part
def find_slot(book: BookState, hi: U64, lo: U64) -> I64:
    """Return the slot of an id in ``book.transfers``, or -1 when it was never used."""
    mask = np.uint64(book.ids.shape[0] - 1)
    mixed = mix_id(book.ids_key, hi, lo)
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
def insert_slot(ids: Column, key: Column, hi: U64, lo: U64, slot: I64) -> None:
    """Add an id that is not in the index yet."""
    mask = np.uint64(ids.shape[0] - 1)
    mixed = mix_id(key, hi, lo)
    place = mixed & mask
    while ids[place] != ZERO:
        place = (place + ONE) & mask
    ids[place] = (mixed & TAG_BITS) | np.uint64(slot + 1)


@kernel
def rebuild_ids(ids: Column, key: Column, transfers: Column, count: int) -> None:
    """Fill an empty index with the first ``count`` transfers."""
    for slot in range(count):
        insert_slot(ids, key, transfers[slot].id_hi, transfers[slot].id_lo, slot)


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
def fits_narrow(rows: RowColumns, i: I64) -> bool:
    """Return whether ``TRANSFER`` can hold all that row ``i`` asks."""
    debit, credit = rows.debit[i], rows.credit[i]
    return bool(
        rows.pending_lo[i] == ZERO
        and rows.pending_hi[i] == ZERO
        and rows.timeout_us[i] == 0
        and np.int64(rows.flags[i]) < IS_WIDE
        and INT32_MIN <= debit <= INT32_MAX
        and INT32_MIN <= credit <= INT32_MAX
    )


@lean_part
def same_row(book: BookState, slot: I64, rows: RowColumns, i: I64) -> bool:
    """Return whether row ``i`` asks what the stored row asked; the gate's word is no part of it."""
    known = book.transfers[slot]
    if known.amount_lo != rows.amount_lo[i] or known.amount_hi != rows.amount_hi[i]:
        return False
    if not np.int64(known["flags"]) & IS_WIDE:
        return bool(
            fits_narrow(rows, i)
            and known.debit == rows.debit[i]
            and known.credit == rows.credit[i]
            and known["flags"] == rows.flags[i]
        )
    wide = book.wide[known.place]
    return bool(
        wide.debit == rows.debit[i]
        and wide.credit == rows.credit[i]
        and wide["flags"] == rows.flags[i]
        and wide.pending_lo == rows.pending_lo[i]
        and wide.pending_hi == rows.pending_hi[i]
        and wide.timeout_us == rows.timeout_us[i]
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
def record_wide(book: BookState, rows: RowColumns, i: I64) -> I64:
    """Write the other half of row ``i``; return its place."""
    place = book.counters[WIDES]
    wide = book.wide[place]
    wide.pending_hi = rows.pending_hi[i]
    wide.pending_lo = rows.pending_lo[i]
    wide.timeout_us = rows.timeout_us[i]
    wide.debit = rows.debit[i]
    wide.credit = rows.credit[i]
    wide["flags"] = rows.flags[i]
    wide.batch = book.counters[EPOCH]
    book.counters[WIDES] = place + 1
    return place


@lean_part
def record_row(book: BookState, rows: RowColumns, i: I64, decision: I64, outcome: I64) -> I64:
    """Write row ``i`` with its outcome into the table of transfers; its id is used from now on."""
    slot = book.counters[TRANSFERS]
    entry = book.transfers[slot]
    entry.id_hi = rows.id_hi[i]
    entry.id_lo = rows.id_lo[i]
    entry.amount_hi = rows.amount_hi[i]
    entry.amount_lo = rows.amount_lo[i]
    debit, credit = rows.debit[i], rows.credit[i]
    # A number beyond these bounds is no account's; what was asked stands in the other half.
    entry.debit = debit if INT32_MIN <= debit <= INT32_MAX else NO_ACCOUNT
    entry.credit = credit if INT32_MIN <= credit <= INT32_MAX else NO_ACCOUNT
    if fits_narrow(rows, i):
        entry["flags"] = rows.flags[i]
        entry.place = book.counters[EPOCH]
    else:
        entry["flags"] = IS_WIDE | (np.int64(rows.flags[i]) & (IS_WIDE - 1))
        entry.place = record_wide(book, rows, i)
    entry.outcome = outcome
    entry.state = OPEN if outcome in (PENDED, HELD) else 0
    entry.decision = decision
    insert_slot(book.ids, book.ids_key, rows.id_hi[i], rows.id_lo[i], slot)
    book.counters[TRANSFERS] = slot + 1
    return slot
