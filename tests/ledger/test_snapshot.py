"""A snapshot and what came after it are the book of a full replay, byte for byte."""

from __future__ import annotations

import warnings
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandrail.journal import Journal, SnapshotWarning
from sandrail.ledger import (
    BOOK_FORM,
    Ledger,
    Outcome,
    RowFlag,
    SnapshotDamagedError,
    TransferRow,
    book_from_parts,
    book_to_parts,
    check_book,
    rows_of,
)
from tests.ledger.makers import Batch, batches
from tests.ledger.test_history import move, small_ledger

NAME = "ledger.book"


def kept_journal(name: str = "kept") -> tuple[Journal, Ledger]:
    """A journal with a snapshot in the middle: some rows before it, some after."""
    journal = Journal.in_memory(name)
    ledger = small_ledger(journal)
    ledger.post(rows_of([move(1, 100)]), "a", 10)
    ledger.keep_snapshot()
    ledger.post(rows_of([move(2, 5)]), "b", 11)
    return journal, ledger


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(history=batches(), cut=st.integers(0, 6))
def test_snapshot_and_tail_are_the_full_replay(history: list[Batch], cut: int) -> None:
    with Journal.in_memory("snapshot") as journal:
        ledger = small_ledger(journal)
        now_us = 1_000
        for number, batch in enumerate(history):
            if number == cut:
                ledger.keep_snapshot()
                kept = book_to_parts(ledger.book)
                assert book_to_parts(book_from_parts(kept)) == kept
            now_us += batch.wait_us
            if batch.freeze is not None:
                account, flags = batch.freeze
                ledger.set_flags({account: flags}, reason="test", at_us=now_us)
            ledger.post(rows_of(batch.rows), f"b{number}", now_us)
        short, whole = Ledger.open(journal), Ledger.open(journal, use_snapshot=False)
        assert book_to_parts(short.book) == book_to_parts(whole.book) == book_to_parts(ledger.book)
        assert short.book.state_hash() == whole.book.state_hash()
        assert short.assets == whole.assets
        later = rows_of(history[0].rows)
        answers = [book.post(later, now_us + 9).outcomes.tolist() for book in
                   (short.book, whole.book)]  # fmt: skip
        assert answers[0] == answers[1]


def test_opening_with_a_snapshot_reads_only_the_tail(monkeypatch: pytest.MonkeyPatch) -> None:
    journal, ledger = kept_journal()
    read: list[int] = []
    facts = journal.facts

    def watched(since: int = 0, *args: object, **kwargs: object) -> object:
        read.append(since)
        return facts(since, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(journal, "facts", watched)
    assert Ledger.open(journal).book.state_hash() == ledger.book.state_hash()
    assert read == [journal.head.seq]


@pytest.mark.parametrize("damage", ["cut", "form", "gone", "more", "keys"])
def test_a_damaged_snapshot_is_said_and_all_facts_are_replayed(damage: str) -> None:
    journal, ledger = kept_journal(damage)
    found = journal.snapshot(NAME, version=BOOK_FORM)
    assert found is not None
    parts = {
        "cut": [*found.parts[:-1], found.parts[-1][:-8]],
        "form": found.parts,
        "gone": found.parts[:-1],
        "more": [*found.parts, found.parts[-1]],
        "keys": [found.parts[0], *found.parts[2:]],
    }[damage]
    version = BOOK_FORM + 1 if damage == "form" else BOOK_FORM
    journal.put_snapshot(NAME, parts, head=found.head, version=version)
    with pytest.warns(SnapshotWarning):
        again = Ledger.open(journal)
    assert again.book.state_hash() == ledger.book.state_hash()
    assert again.post(rows_of([move(2, 5)]), "b", 90).repeated


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_no_bytes_make_a_book_that_points_outside_itself(data: st.DataObject) -> None:
    _, ledger = kept_journal()
    hold = replace(move(9, 1, debit=1, credit=4), flags=RowFlag.PENDING, timeout_us=9)
    assert ledger.post(rows_of([hold]), "hold", 20).outcomes[0] == Outcome.PENDING
    parts = [bytearray(part) for part in book_to_parts(ledger.book)]
    part = data.draw(st.sampled_from(parts))
    part[data.draw(st.integers(0, len(part) - 1))] = data.draw(st.integers(0, 255))
    try:
        book = book_from_parts([bytes(part) for part in parts])
    except SnapshotDamagedError:
        return
    # What it says may be wrong; but posting to it stays inside its arrays.
    ends = TransferRow(78, debit=-1, credit=-1, amount=0, flags=RowFlag.POST, pending_id=9)
    rows = [move(1, 100), move(77, 1), ends]
    book.post(rows_of(rows), max(book.last_us, 100), with_balances=True)


def test_a_check_never_looks_at_a_snapshot() -> None:
    journal, ledger = kept_journal()
    truth = check_book(journal).state_hash
    with Journal.in_memory("kept") as other:
        liar = small_ledger(other)
        liar.post(rows_of([move(1, 999)]), "a", 10)
        liar.keep_snapshot()
        forged = other.snapshot(NAME, version=BOOK_FORM)
    assert forged is not None
    journal.put_snapshot(NAME, forged.parts, head=journal.head, version=BOOK_FORM)
    assert Ledger.open(journal).balance(1).net_credit == 999, "the forgery is a good one"
    report = check_book(journal)
    assert report.sound and report.state_hash == truth == ledger.book.state_hash()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert Ledger.open(journal, use_snapshot=False).balance(1).net_credit == 105
