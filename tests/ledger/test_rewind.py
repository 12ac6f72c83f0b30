"""A chain taken back leaves no trace, so the same rows can be asked again."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest

from sandrail.ledger import AccountFlag, Outcome, RowFlag, TransferRow, at, rows_of
from tests.ledger.mutants import faulty_ledger

LINKED = RowFlag.LINKED
CHAIN = (
    TransferRow(11, 0, 1, 5, flags=LINKED),
    TransferRow(12, 1, 2, 4, flags=LINKED | RowFlag.PENDING, timeout_us=9),
    TransferRow(13, -1, -1, 0, flags=LINKED | RowFlag.POST, pending_id=2),
    TransferRow(14, 2, 1, 1),
)
FAULTS = (
    ("ids are left", "        remove_newest_id(book, slot)\n", ""),
    ("other halves are left", "            book.counters[WIDES] -= 1\n", "            pass\n"),
    ("balances are left", "            undo_entry(book, slot)\n", "            pass\n"),
    ("touched accounts are left", "    book.counters[TOUCHED] = touched\n", ""),
    ("slots are left", "    book.counters[TRANSFERS] = book.counters[CHAIN_START]\n", ""),
    (
        "a touched account is not told again",
        "        book.accounts[book.touched[place]].epoch = _NO_EPOCH\n",
        "        pass\n",
    ),
)


def furnished(m: ModuleType) -> object:
    """A book with three accounts and a hold of 7 from account 1 to 2, in its second batch."""
    book = m.Book()
    for flags in (AccountFlag.NONE, *(AccountFlag.MUST_NOT_OVERDRAW_CREDITS,) * 2):
        book.open_account(asset=0, flags=flags)
    hold = TransferRow(2, 1, 2, 7, flags=RowFlag.PENDING)
    book.post(rows_of([TransferRow(1, 0, 1, 100), hold]), 10)
    return book


def taken_back(m: ModuleType) -> None:
    """Post the chain, take it back, post it again; compare with a book that posted it once."""
    book, once = furnished(m), furnished(m)
    rows = rows_of(CHAIN)
    book.reserve(len(CHAIN))  # type: ignore[attr-defined]
    state = book.state  # type: ignore[attr-defined]
    m.begin_batch(state, 20)
    m.begin_chain(state)
    before = m.book_to_parts(book)
    for attempt in range(2):
        touched = int(state.counters[at.TOUCHED])
        outcomes = [m.post_row(state, rows, np.int64(i), 20, np.int64(0)) for i in range(4)]
        wanted = [Outcome.POSTED, Outcome.PENDING, Outcome.POSTED, Outcome.POSTED]
        assert outcomes == wanted
        if attempt == 0:
            m.rewind_chain(state, touched)
            assert m.book_to_parts(book) == before
            assert book.transfer(11) is None  # type: ignore[attr-defined]
    result = once.post(rows, 20)  # type: ignore[attr-defined]
    assert book.touched()[0].tolist() == result.touched.tolist()  # type: ignore[attr-defined]
    assert m.book_to_parts(book) == m.book_to_parts(once)
    for other in (book, once):
        assert other.post(rows_of([]), 40).expired.tolist() == [3]  # type: ignore[attr-defined]
    assert m.book_to_parts(book) == m.book_to_parts(once)


def test_a_chain_taken_back_leaves_no_trace() -> None:
    unchanged = "def rewind_chain("
    with faulty_ledger("rewind", unchanged, unchanged) as ledger:
        taken_back(ledger)


@pytest.mark.parametrize(
    ("old", "new"), [pytest.param(*fault[1:], id=fault[0].replace(" ", "-")) for fault in FAULTS]
)
def test_fault_is_killed(old: str, new: str) -> None:
    with (
        faulty_ledger("rewind", old, new) as ledger,
        pytest.raises((AssertionError, IndexError)),
    ):
        taken_back(ledger)
