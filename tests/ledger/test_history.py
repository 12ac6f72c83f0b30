"""Statements, pages and balances as of a moment agree with the book that was there then."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from sandrail.journal import Journal
from sandrail.ledger import (
    AccountError,
    AccountFlag,
    Axis,
    BookReader,
    Ledger,
    RowFlag,
    Side,
    TransferRow,
    book_as_of,
    rows_of,
)
from sandrail.money import Asset, AssetKind
from tests.ledger.makers import ACCOUNTS, Batch, batches

PKR = Asset("PKR", 2, AssetKind.FIAT)
TOKEN = Asset("PKRT", 2, AssetKind.ASSET_REFERENCED_TOKEN)


def small_ledger(journal: Journal) -> Ledger:
    ledger = Ledger.open(journal)
    for asset in (PKR, TOKEN):
        ledger.define_asset(asset, at_us=0)
    for asset_no, flags in ACCOUNTS:
        ledger.open_account(asset=asset_no, flags=flags, at_us=0)
    return ledger


def move(id_: int, amount: int, *, debit: int = 0, credit: int = 1) -> TransferRow:
    return TransferRow(id=id_, debit=debit, credit=credit, amount=amount)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(history=batches(rows_max=8, batches_max=4))
def test_entries_and_past_books_agree(history: list[Batch]) -> None:
    with Journal.in_memory("history") as journal:
        ledger = small_ledger(journal)
        now_us, hashes = 1_000, {}
        reader = BookReader(journal)
        for number, batch in enumerate(history):
            now_us += batch.wait_us
            posted = ledger.post(rows_of(batch.rows), f"b{number}", now_us)
            hashes[posted.seq] = ledger.book.state_hash()
            reader.catch_up()
            for account in range(len(ACCOUNTS)):
                net = ledger.balance(account).net_credit
                assert reader.posted_as_of(account) == net
                assert reader.posted_as_of(account, seq=posted.seq) == net
        assert reader.book.state_hash() == ledger.book.state_hash()
        for seq, state_hash in hashes.items():
            past = book_as_of(journal, seq=seq)
            assert past.state_hash() == state_hash
            for account in range(len(ACCOUNTS)):
                assert reader.posted_as_of(account, seq=seq) == past.balance(account).net_credit


def test_pages_follow_each_other_without_gap_or_overlap() -> None:
    with Journal.in_memory("pages") as journal:
        ledger = small_ledger(journal)
        for number in range(7):
            rows = [move(number * 10 + k + 1, k + 1) for k in range(3)]
            ledger.post(rows_of(rows), f"b{number}", number)
        reader = BookReader(journal)
        whole = reader.entries(1, limit=100)
        assert len(whole.entries) == 21 and whole.next_after is None
        found, after, balance = [], (-1, -1), 0
        while after is not None:
            page = reader.entries(1, after=after, limit=4)
            assert page.opening == balance
            found += page.entries
            balance, after = page.closing, page.next_after
        assert tuple(found) == whole.entries
        assert found[-1].balance_after == ledger.balance(1).net_credit == 42


def test_recorded_and_valid_time_are_told_apart() -> None:
    with Journal.in_memory("times") as journal:
        ledger = small_ledger(journal)
        ledger.post(rows_of([move(1, 100)]), "day 1", 1_000)
        late = {"valid_us": np.array([500], dtype="<i8")}
        posted = ledger.post(rows_of([move(2, 7)]), "late", 2_000, context=late)
        reader = BookReader(journal)
        assert reader.posted_as_of(1, valid_us=999) == 7
        assert reader.posted_as_of(1, valid_us=999, recorded_us=1_999) == 0
        assert reader.posted_as_of(1, recorded_us=1_999) == 100
        assert reader.posted_as_of(1, seq=posted.seq) == 107
        by_value = reader.statement(1, period_us=(0, 1_000), axis=Axis.VALID)
        by_record = reader.statement(1, period_us=(0, 1_001))
        assert [entry.amount for entry in by_value.entries] == [7]
        assert [entry.amount for entry in by_record.entries] == [100]


def test_a_statement_adds_up_and_shows_what_is_pending() -> None:
    with Journal.in_memory("statement") as journal:
        ledger = small_ledger(journal)
        ledger.post(rows_of([move(1, 100), move(2, 30, debit=1, credit=4)]), "a", 10)
        hold = TransferRow(id=3, debit=1, credit=4, amount=50, flags=RowFlag.PENDING)
        part = TransferRow(id=4, debit=-1, credit=-1, amount=20, flags=RowFlag.POST, pending_id=3)
        again = TransferRow(id=5, debit=1, credit=4, amount=5, flags=RowFlag.PENDING)
        ledger.post(rows_of([hold, part, again, move(6, 9_999, debit=1, credit=4)]), "b", 20)
        reader = BookReader(journal)
        day = reader.statement(1, period_us=(20, 30))
        assert (day.opening, day.credits, day.debits, day.closing) == (70, 0, 20, 50)
        assert [(entry.side, entry.counter_account) for entry in day.entries] == [(Side.DEBIT, 4)]
        assert (day.pending_debits, day.asset) == (5, PKR)
        all_time = reader.statement(1, period_us=(0, 30))
        assert all_time.opening + all_time.credits - all_time.debits == all_time.closing == 50


def test_a_reader_in_a_file_does_not_hold_up_the_writer(tmp_path: Path) -> None:
    place = tmp_path / "book.journal"
    with Journal.create(place, name="book") as journal:
        ledger = small_ledger(journal)
        with Journal.open(place, read_only=True) as looking:
            reader = BookReader(looking)
            for number in range(5):
                ledger.post(rows_of([move(number + 1, 1)]), f"b{number}", number)
                assert reader.balance(1).net_credit == number
                reader.catch_up()
                assert reader.balance(1).net_credit == number + 1


def test_what_cannot_be_asked() -> None:
    with Journal.in_memory("asked") as journal:
        small_ledger(journal)
        reader = BookReader(journal)
        with pytest.raises(AccountError):
            reader.entries(99)
        with pytest.raises(AccountError):
            reader.entries(1, limit=0)
        assert reader.entries(1).entries == ()
        assert AccountFlag.NONE in reader.book.flags(0)
