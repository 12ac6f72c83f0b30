"""The shape of a book in memory: plain arrays that Python and the kernels share.

Nothing here is truth; the journal is. Every array is rebuilt by replaying it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = [
    "ACCOUNT",
    "IS_WIDE",
    "ROW_DTYPES",
    "TRANSFER",
    "WIDE",
    "BookState",
    "RowColumns",
    "at",
    "empty_state",
    "ids_room",
]

ACCOUNT = np.dtype(
    [
        ("asset", "<i4"),
        ("chart", "<i4"),
        ("owner", "<i8"),
        ("flags", "<u4"),
        ("spare", "<u4"),
        ("epoch", "<i8"),
    ]
)
"""One account: 32 bytes. ``epoch`` is the last batch that touched it."""

TRANSFER = np.dtype(
    [
        ("id_hi", "<u8"),
        ("id_lo", "<u8"),
        ("amount_hi", "<u8"),
        ("amount_lo", "<u8"),
        ("debit", "<i4"),
        ("credit", "<i4"),
        ("place", "<u4"),
        ("flags", "u1"),
        ("outcome", "u1"),
        ("state", "u1"),
        ("decision", "u1"),
    ]
)
"""One id that was ever used, accepted or refused: 48 bytes, as asked, plus its outcome.

``place`` is the batch it came in. A row that asks for more than these fields can hold has
``IS_WIDE`` among its flags, and its place is that of its other half in ``BookState.wide``.
"""

WIDE = np.dtype(
    [
        ("pending_hi", "<u8"),
        ("pending_lo", "<u8"),
        ("timeout_us", "<i8"),
        ("debit", "<i8"),
        ("credit", "<i8"),
        ("flags", "<u4"),
        ("batch", "<u4"),
    ]
)
"""The other half of a row with a pending id, a time-out, or a number too large for ``TRANSFER``."""

IS_WIDE = 0x80
"""In ``TRANSFER.flags``: above every flag that a row may carry."""


class at:  # noqa: N801 - read as ``counters[at.TRANSFERS]``
    """Positions: in ``BookState.counters``, and of the balances in a row of ``balances``."""

    ACCOUNTS = 0
    TRANSFERS = 1
    HEAP = 2
    EPOCH = 3
    TOUCHED = 4
    CHAIN_START = 5
    LAST_US = 6
    WIDES = 7
    COUNTERS = 8

    DEBITS_PENDING = 0
    DEBITS_POSTED = 2
    CREDITS_PENDING = 4
    CREDITS_POSTED = 6


Records = Any
"""An array of records; inside a kernel its fields are read as attributes."""


class BookState(NamedTuple):
    """All of a book that a kernel needs.

    Attributes:
        counters: i8[8], see ``at``.
        balances: u8[accounts, 8], one cache line an account: debits pending, debits posted,
            credits pending, credits posted, each as high and low half.
        accounts: ``ACCOUNT``[accounts].
        touched: i8[accounts], the accounts the current batch changed, in order of first change.
        transfers: ``TRANSFER``[transfers], in order of arrival; the position is the slot.
        wide: ``WIDE``[wide rows], in order of arrival.
        instants: i8[batches + 1], when each batch was posted; the first is number 1.
        ids: u8[power of two], open addressing over the ids: high half a tag, low half slot + 1.
        ids_key: u8[2], keys the hash of the ids, so that nobody can choose ids that collide.
            Neither it nor the order of ``ids`` enters anything that is recorded.
        heap: i8[pending, 2], (expires at, slot) of transfers with a time-out, a binary heap.
    """

    counters: npt.NDArray[np.int64]
    balances: npt.NDArray[np.uint64]
    accounts: Records
    touched: npt.NDArray[np.int64]
    transfers: Records
    wide: Records
    instants: npt.NDArray[np.int64]
    ids: npt.NDArray[np.uint64]
    ids_key: npt.NDArray[np.uint64]
    heap: npt.NDArray[np.int64]


class RowColumns(NamedTuple):
    """A batch of rows as columns of equal length.

    Attributes:
        id_hi, id_lo: u8, the id of the transfer; not zero.
        debit, credit: i8 account numbers; on POST and VOID -1 means "as pending".
        amount_hi, amount_lo: u8 minor units; on POST and VOID zero means "all of it".
        flags: u4, see ``RowFlag``.
        pending_hi, pending_lo: u8, on POST and VOID the id of the pending transfer.
        timeout_us: i8, life of a pending transfer from the batch instant; 0 means none.
        decision: u1, what the gate said, see ``GateDecision``.
    """

    id_hi: npt.NDArray[np.uint64]
    id_lo: npt.NDArray[np.uint64]
    debit: npt.NDArray[np.int64]
    credit: npt.NDArray[np.int64]
    amount_hi: npt.NDArray[np.uint64]
    amount_lo: npt.NDArray[np.uint64]
    flags: npt.NDArray[np.uint32]
    pending_hi: npt.NDArray[np.uint64]
    pending_lo: npt.NDArray[np.uint64]
    timeout_us: npt.NDArray[np.int64]
    decision: npt.NDArray[np.uint8]


ROW_DTYPES: dict[str, str] = {
    "id_hi": "<u8",
    "id_lo": "<u8",
    "debit": "<i8",
    "credit": "<i8",
    "amount_hi": "<u8",
    "amount_lo": "<u8",
    "flags": "<u4",
    "pending_hi": "<u8",
    "pending_lo": "<u8",
    "timeout_us": "<i8",
    "decision": "u1",
}


def ids_room(transfers: int) -> int:
    """Return the size of an id index for so many transfers: a power of two, at most 3/4 full."""
    slots = 1
    while 3 * slots < 4 * transfers:
        slots *= 2
    return slots


def empty_state(*, accounts: int = 64, transfers: int = 1024, heap: int = 64) -> BookState:
    """Return an empty book with room for so many accounts, transfers and time-outs."""
    return BookState(
        counters=np.zeros(at.COUNTERS, dtype="<i8"),
        balances=np.zeros((accounts, 8), dtype="<u8"),
        accounts=np.zeros(accounts, dtype=ACCOUNT),
        touched=np.zeros(accounts, dtype="<i8"),
        transfers=np.zeros(transfers, dtype=TRANSFER),
        wide=np.zeros(64, dtype=WIDE),
        instants=np.zeros(64, dtype="<i8"),
        ids=np.zeros(ids_room(transfers), dtype="<u8"),
        ids_key=np.zeros(2, dtype="<u8"),
        heap=np.zeros((heap, 2), dtype="<i8"),
    )
