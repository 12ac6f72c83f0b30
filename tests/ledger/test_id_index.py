"""Ids are placed by SipHash-1-3 under a key that nothing recorded depends on."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from sandrail.ledger import Book, book_to_parts, rows_of
from tests.ledger.makers import small_book
from tests.ledger.mutants import faulty_ledger
from tests.ledger.test_history import move

IDS = (0, 777, 2**64 - 1, 2**64, 2**127 + 12_345, 2**128 - 1)


@pytest.mark.skipif(
    sys.hash_info.algorithm != "siphash13", reason="this interpreter hashes bytes otherwise"
)
def test_the_hash_is_the_one_of_the_interpreter() -> None:
    """Python hashes 16 bytes by the same function; with its seed fixed, under the key zero."""
    program = f"print([hash(n.to_bytes(16, 'little')) % 2**64 for n in {IDS}])"
    said = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONHASHSEED": "0"}, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    unchanged = "def mix_id("
    with faulty_ledger("id_index", unchanged, unchanged) as ledger:
        key = np.zeros(2, "<u8")
        halves = [(np.uint64(n >> 64), np.uint64(n & (2**64 - 1))) for n in IDS]
        found = [int(ledger.mix_id(key, hi, lo)) for hi, lo in halves]
    assert str(found) == said.strip()


def test_two_books_differ_in_their_key_and_in_nothing_that_is_kept() -> None:
    books: list[Book] = [small_book(), small_book()]
    rows = [move(id_, 1) for id_ in range(1, 2_000)]
    answers = [book.post(rows_of(rows), 10).outcomes.tolist() for book in books]
    assert books[0].state.ids_key.tolist() != books[1].state.ids_key.tolist()
    assert books[0].state.ids.tolist() != books[1].state.ids.tolist()
    assert answers[0] == answers[1]
    assert book_to_parts(books[0]) == book_to_parts(books[1])
    assert books[0].state_hash() == books[1].state_hash()
