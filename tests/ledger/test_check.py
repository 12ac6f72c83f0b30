"""``check_book`` proves a book sound, or names the first wrong row; both engines do."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings

from sandrail.journal import Draft, Journal, encode_frame, frame_of
from sandrail.ledger import Engine, Ledger, Outcome, TransferRow, check_book, rows_of
from tests.ledger.makers import Batch, batches
from tests.ledger.test_history import move, small_ledger

Columns = dict[str, npt.NDArray[np.uint64]]


def busy(journal: Journal) -> Ledger:
    ledger = small_ledger(journal)
    ledger.post(rows_of([move(1, 100), move(2, 30, debit=1, credit=4)]), "a", 10)
    ledger.post(rows_of([move(3, 500, debit=1, credit=4), move(4, 1, debit=1, credit=4)]), "b", 20)
    return ledger


@pytest.mark.parametrize("engine", list(Engine))
def test_a_sound_book_is_proved(engine: Engine) -> None:
    with Journal.in_memory("sound") as journal:
        ledger = busy(journal)
        report = check_book(journal, engine=engine)
        assert report.sound and report.problem is None
        assert (report.batches, report.rows, report.accepted) == (2, 4, 3)
        assert report.head == journal.head
        assert list(report.trial_balance) == ledger.trial_balance()
        if engine is Engine.KERNEL:
            assert report.state_hash == ledger.book.state_hash()


def _as_posted(columns: Columns) -> None:
    columns["outcome"][0] = Outcome.POSTED


def _other_amount(columns: Columns) -> None:
    columns["amount_lo"][1] = 2


def _other_balance(columns: Columns) -> None:
    columns["touched.balance"][0, 3] += np.uint64(1)


def _swapped(columns: Columns) -> None:
    for name in ("debit", "credit"):
        columns[name][1] = columns[name][1] ^ 5


@pytest.mark.parametrize("engine", list(Engine))
@pytest.mark.parametrize(
    ("forge", "row"), [(_as_posted, 0), (_other_amount, -1), (_other_balance, -1), (_swapped, -1)]
)
def test_the_first_wrong_row_is_named(
    engine: Engine, forge: Callable[[Columns], None], row: int
) -> None:
    """The forger knows the hash chain, and rebuilds it; the arithmetic gives him away."""
    with Journal.in_memory("true") as journal, Journal.in_memory("forged") as forged:
        busy(journal)
        for fact in journal.facts():
            payload = fact.payload
            if fact.seq == journal.head.seq:
                frame = frame_of(fact)
                columns = {name: values.copy() for name, values in frame.columns.items()}
                forge(columns)
                payload = encode_frame(columns, frame.meta)
            forged.commit([Draft(fact.kind, fact.at_us, fact.actor, payload)])
        report = check_book(forged, engine=engine)
        assert report.problem is not None
        assert (report.problem.seq, report.problem.row) == (journal.head.seq, row)
        assert report.problem.code == "ledger.replay_differs"
        assert report.head.seq == journal.head.seq - 1
        assert report.rows == 2


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(history=batches(rows_max=8, batches_max=3))
def test_both_engines_read_the_same_books(history: list[Batch]) -> None:
    with Journal.in_memory("both") as journal:
        ledger = small_ledger(journal)
        now_us = 1_000
        for number, batch in enumerate(history):
            now_us += batch.wait_us
            if batch.freeze is not None:
                account, flags = batch.freeze
                ledger.set_flags({account: flags}, reason="test", at_us=now_us)
            ledger.post(rows_of(batch.rows), f"b{number}", now_us)
        kernel = check_book(journal)
        reference = check_book(journal, engine=Engine.REFERENCE)
        assert kernel.sound and reference.sound
        assert kernel.trial_balance == reference.trial_balance
        assert kernel.accepted == reference.accepted


def test_a_row_of_the_reference_goes_there_and_back() -> None:
    row = TransferRow(id=2**100, debit=1, credit=2, amount=2**127, timeout_us=5)
    with Journal.in_memory("there") as journal:
        small_ledger(journal).post(rows_of([row]), "k", 1)
        assert check_book(journal, engine=Engine.REFERENCE).sound
