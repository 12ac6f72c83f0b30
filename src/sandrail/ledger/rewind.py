"""Taking a chain back as if it had never been asked, for a composer that wants to ask again.

``undo_chain`` refuses a chain and uses its ids up. A gate that learns at the third row that the
whole chain must wait needs the state before the first row instead: balances, ids, transfers and
the list of touched accounts, byte for byte. Time-outs pushed meanwhile stay in the heap; the rows
are posted again into the same slots, so the entries are right or are passed over.
"""

from __future__ import annotations

import numpy as np

from sandrail.ledger.id_index import SLOT_BITS, mix_id
from sandrail.ledger.ints import ACCEPTED, CHAIN_START, IS_WIDE, ONE, TOUCHED, TRANSFERS, WIDES
from sandrail.ledger.kernel import undo_entry
from sandrail.ledger.state import BookState
from sandrail.world.jit import I64, lean_part

__all__ = ["remove_newest_id", "rewind_chain"]

_NO_EPOCH = np.int64(-1)


@lean_part
def remove_newest_id(book: BookState, slot: I64) -> None:
    """Take the id out that was inserted last; nothing was placed behind it, so nothing moves."""
    entry = book.transfers[slot]
    mask = np.uint64(book.ids.shape[0] - 1)
    place = mix_id(book.ids_key, entry.id_hi, entry.id_lo) & mask
    wanted = np.uint64(slot + 1)
    while book.ids[place] & SLOT_BITS != wanted:
        place = (place + ONE) & mask
    book.ids[place] = np.uint64(0)


@lean_part
def rewind_chain(book: BookState, touched: I64) -> None:
    """Go back to where ``begin_chain`` was called.

    Args:
        touched: how many accounts the batch had touched then.
    """
    slot = book.counters[TRANSFERS] - 1
    while slot >= book.counters[CHAIN_START]:
        if book.transfers[slot].outcome <= ACCEPTED:
            undo_entry(book, slot)
        remove_newest_id(book, slot)
        if np.int64(book.transfers[slot]["flags"]) & IS_WIDE:
            book.counters[WIDES] -= 1
        slot -= 1
    book.counters[TRANSFERS] = book.counters[CHAIN_START]
    for place in range(touched, book.counters[TOUCHED]):
        book.accounts[book.touched[place]].epoch = _NO_EPOCH
    book.counters[TOUCHED] = touched
