"""Small stories about the durable ledger; each runs on the real one and on faulty copies of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from sandrail.journal import Draft, Journal, encode_frame, frame_of
from sandrail.ledger import (
    AccountError,
    AccountFlag,
    AccountInUseError,
    HaltedError,
    InstantError,
    KeyConflictError,
    Outcome,
    PendingState,
    ReplayError,
    RowFlag,
    TransferRow,
    rows_of,
)
from sandrail.money import Asset, AssetKind

GUARDED = AccountFlag.MUST_NOT_OVERDRAW_CREDITS
STORIES: dict[str, Callable[[ModuleType], None]] = {}


def story(function: Callable[[ModuleType], None]) -> Callable[[ModuleType], None]:
    """Put a story on the list."""
    STORIES[function.__name__] = function
    return function


def furnish(m: ModuleType, journal: Journal) -> Any:
    """A ledger with an outside account 0 and customers 1 and 2, of whom 1 has 100."""
    ledger = m.Ledger.open(journal)
    ledger.define_asset(Asset("PKR", 2, AssetKind.FIAT), at_us=0)
    for flags in (AccountFlag.NONE, GUARDED, GUARDED):
        ledger.open_account(asset=0, flags=flags, at_us=0)
    ledger.post(rows_of([TransferRow(id=1, debit=0, credit=1, amount=100)]), "funds", 10)
    return ledger


def pay(id_: int, amount: int) -> Any:
    """A batch of one payment from 1 to 2."""
    return rows_of([TransferRow(id=id_, debit=1, credit=2, amount=amount)])


def forged(journal: Journal, change: Callable[[dict[str, Any]], None]) -> Journal:
    """A copy of the journal whose last fact was changed, with all hashes right."""
    copy = Journal.in_memory(journal.name)
    for fact in journal.facts():
        payload = fact.payload
        if fact.seq == journal.head.seq:
            frame = frame_of(fact)
            columns = {name: values.copy() for name, values in frame.columns.items()}
            change(columns)
            payload = encode_frame(columns, frame.meta)
        copy.commit([Draft(fact.kind, fact.at_us, fact.actor, payload)])
    return copy


@story
def a_repeated_key_gets_its_first_answer(m: ModuleType) -> None:
    with Journal.in_memory("story") as journal:
        ledger = furnish(m, journal)
        first = ledger.post(pay(2, 30), "k", 20)
        head = journal.head
        for asked in (ledger, m.Ledger.open(journal)):
            again = asked.post(pay(2, 30), "k", 90)
            assert again.repeated and again.seq == first.seq and journal.head == head
            assert again.outcomes.tolist() == [Outcome.POSTED]
            assert again.debit_after.tolist() == first.debit_after.tolist()
            assert again.credit_after.tolist() == first.credit_after.tolist()


@story
def a_snapshot_and_what_came_after_it_are_the_whole_book(m: ModuleType) -> None:
    with Journal.in_memory("story") as journal:
        ledger = furnish(m, journal)
        hold = TransferRow(id=7, debit=1, credit=2, amount=40, flags=RowFlag.PENDING, timeout_us=50)
        refused = TransferRow(id=8, debit=2, credit=1, amount=9)
        ledger.post(rows_of([hold, refused]), "hold", 20)
        assert ledger.keep_snapshot() == journal.head
        ledger.post(pay(9, 60), "tail", 30)
        ledger.post(rows_of([replace(hold, flags=RowFlag.NONE)]), "at the end of the hold", 70)
        whole = m.Ledger.open(journal, use_snapshot=False)
        assert m.Ledger.open(journal).assets == whole.assets
        assert m.book_to_parts(m.Ledger.open(journal).book) == m.book_to_parts(whole.book)
        again = m.Ledger.open(journal)
        assert again.post(pay(9, 60), "tail", 90).repeated
        assert again.post(rows_of([hold, refused]), "hold", 90).repeated
        assert again.balance(1).debits_pending == 0, "the hold has timed out"
        assert again.book.transfer(7).state is PendingState.EXPIRED
        answers = again.post(rows_of([hold, refused]), "once more", 90).outcomes.tolist()
        assert answers == [Outcome.EXISTS, Outcome.ID_ALREADY_REFUSED]


@story
def a_book_behind_its_journal_is_not_kept(m: ModuleType) -> None:
    with Journal.in_memory("story") as journal:
        behind, ledger = furnish(m, journal), m.Ledger.open(journal)
        ledger.post(pay(2, 30), "k", 20)
        with pytest.raises(AccountError):
            behind.keep_snapshot()
        ledger.keep_snapshot()


@story
def a_key_for_another_body_is_a_conflict(m: ModuleType) -> None:
    with Journal.in_memory("story") as journal:
        ledger = furnish(m, journal)
        ledger.post(pay(2, 30), "k", 20)
        for other in (pay(2, 31), pay(3, 30), rows_of([])):
            with pytest.raises(KeyConflictError):
                ledger.post(other, "k", 20)


@story
def a_forged_outcome_is_refused_on_opening(m: ModuleType) -> None:
    def change(columns: dict[str, Any]) -> None:
        columns["outcome"][0] = Outcome.POSTED

    with Journal.in_memory("story") as journal:
        furnish(m, journal).post(pay(2, 101), "k", 20)
        with pytest.raises(ReplayError) as caught:
            m.Ledger.open(forged(journal, change))
        assert caught.value.fields == {"seq": journal.head.seq, "row": 0}


@story
def a_forged_balance_is_refused_on_opening(m: ModuleType) -> None:
    def change(columns: dict[str, Any]) -> None:
        columns["touched.balance"][1, 7] += np.uint64(1)

    with Journal.in_memory("story") as journal:
        furnish(m, journal).post(pay(2, 30), "k", 20)
        with pytest.raises(ReplayError):
            m.Ledger.open(forged(journal, change))


@story
def a_failed_commit_stops_the_ledger(m: ModuleType) -> None:
    with Journal.in_memory("story") as journal:
        ledger = furnish(m, journal)
        commit = journal.commit

        def fail(drafts: Any) -> Any:
            raise OSError(28, "No space left on device")

        journal.commit = fail  # type: ignore[method-assign]
        with pytest.raises(OSError, match="space"):
            ledger.post(pay(2, 30), "k", 20)
        journal.commit = commit  # type: ignore[method-assign]
        with pytest.raises(HaltedError):
            ledger.post(pay(3, 1), "l", 20)
        assert m.Ledger.open(journal).balance(2).net_credit == 0


@story
def the_clock_never_runs_backwards(m: ModuleType) -> None:
    with Journal.in_memory("story") as journal:
        ledger = furnish(m, journal)
        with pytest.raises(InstantError):
            ledger.post(pay(2, 30), "k", 9)
        assert ledger.post(pay(2, 30), "k", 10).outcomes.tolist() == [Outcome.POSTED]


@story
def flags_are_set_all_or_none_and_survive(m: ModuleType) -> None:
    with Journal.in_memory("story") as journal:
        ledger = furnish(m, journal)
        closed = GUARDED | AccountFlag.CLOSED
        with pytest.raises(AccountInUseError):
            ledger.set_flags({2: closed, 1: closed}, reason="exit", at_us=20)
        assert ledger.book.flags(2) == GUARDED
        ledger.set_flags({1: GUARDED | AccountFlag.FROZEN_DEBIT}, reason="order", at_us=20)
        for asked in (ledger, m.Ledger.open(journal)):
            assert AccountFlag.FROZEN_DEBIT in asked.book.flags(1)
        frozen = m.Ledger.open(journal).post(pay(5, 1), "k", 30)
        assert frozen.outcomes.tolist() == [Outcome.ACCOUNT_FROZEN]


@story
def every_batch_is_there_after_opening_again(m: ModuleType) -> None:
    with Journal.in_memory("story") as journal:
        ledger = furnish(m, journal)
        ledger.post(pay(2, 30), "k", 20)
        ledger.post(pay(3, 300), "l", 21)
        again = m.Ledger.open(journal)
        assert again.book.state_hash() == ledger.book.state_hash()
        assert again.balance(2).net_credit == 30
        assert [int(again.book.transfer(n).outcome) for n in (1, 2, 3)] == [1, 1, 28]


@story
def both_balances_are_those_right_after_the_row(m: ModuleType) -> None:
    with Journal.in_memory("story") as journal:
        ledger = furnish(m, journal)
        rows = [TransferRow(id=9 + k, debit=1, credit=2, amount=10) for k in range(3)]
        posted = ledger.post(rows_of(rows), "k", 20)
        given = [m.Balance.of(line).net_credit for line in posted.debit_after]
        taken = [m.Balance.of(line).net_credit for line in posted.credit_after]
        assert (given, taken) == ([90, 80, 70], [10, 20, 30])
