"""Time-outs of pending transfers: a binary heap on the ledger's own clock."""

from __future__ import annotations

import numpy as np

from sandrail.ledger.ints import HEAP, OPEN, STATE_EXPIRED
from sandrail.ledger.legs import release
from sandrail.ledger.state import BookState
from sandrail.world.jit import I64, Column, lean_part

__all__ = [
    "expire_due",
    "heap_before",
    "heap_pop",
    "heap_push",
    "heap_swap",
]


@lean_part
def heap_before(heap: Column, a: I64, b: I64) -> bool:
    """Return whether entry ``a`` expires before ``b``; on a tie the earlier transfer goes first."""
    return bool(heap[a, 0] < heap[b, 0] or (heap[a, 0] == heap[b, 0] and heap[a, 1] < heap[b, 1]))


@lean_part
def heap_swap(heap: Column, a: I64, b: I64) -> None:
    """Exchange two entries."""
    expires_us, slot = heap[a, 0], heap[a, 1]
    heap[a, 0], heap[a, 1] = heap[b, 0], heap[b, 1]
    heap[b, 0], heap[b, 1] = expires_us, slot


@lean_part
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


@lean_part
def heap_pop(book: BookState) -> I64:
    """Remove the earliest time-out and return its slot."""
    heap = book.heap
    slot = heap[0, 1]
    count = book.counters[HEAP] - 1
    book.counters[HEAP] = count
    heap[0, 0], heap[0, 1] = heap[count, 0], heap[count, 1]
    parent = np.int64(0)
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


@lean_part
def expire_due(book: BookState, now_us: I64, out_slots: Column) -> I64:
    """Release pending transfers whose time-out has come, earliest first.

    A transfer set aside at ``t`` with time-out ``d`` is due from the instant ``t + d`` on. Returns
    how many slots were written to ``out_slots``; when that is its length, call again.
    """
    count = np.int64(0)
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
