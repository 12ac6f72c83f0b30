"""The durable ledger: what is acknowledged is recorded, what is recorded replays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from sandrail.journal import Draft, Fact, Journal, encode_frame, frame_of
from sandrail.ledger import (
    AccountError,
    AccountFlag,
    AccountInUseError,
    Balance,
    HaltedError,
    InstantError,
    KeyConflictError,
    Ledger,
    Outcome,
    ReplayError,
    RowFlag,
    TransferRow,
    rows_of,
)
from sandrail.money import Asset, AssetKind, Money

PKR = Asset("PKR", 2, AssetKind.FIAT)
CREDIT_NORMAL = AccountFlag.MUST_NOT_OVERDRAW_CREDITS


@pytest.fixture
def journal() -> Iterator[Journal]:
    with Journal.in_memory("test") as journal:
        yield journal


def furnished(journal: Journal) -> Ledger:
    """A ledger with an outside account 0 and customers 1 and 2."""
    ledger = Ledger.open(journal)
    asset = ledger.define_asset(PKR, at_us=0)
    ledger.open_account(asset=asset, at_us=0)
    ledger.open_account(asset=asset, owner=1, flags=CREDIT_NORMAL, at_us=0)
    ledger.open_account(asset=asset, owner=2, flags=CREDIT_NORMAL, at_us=0)
    return ledger


def deposit(id_: int = 1, amount: int = 100, account: int = 1) -> TransferRow:
    return TransferRow(id=id_, debit=0, credit=account, amount=amount)


def test_post_returns_outcomes_and_both_balances(journal: Journal) -> None:
    ledger = furnished(journal)
    pay = TransferRow(id=2, debit=1, credit=2, amount=30)
    posted = ledger.post(rows_of([deposit(), pay]), "k", 10)
    assert posted.outcomes.tolist() == [Outcome.POSTED, Outcome.POSTED]
    assert Balance.of(posted.credit_after[0]).net_credit == 100
    assert Balance.of(posted.debit_after[1]).net_credit == 70
    assert Balance.of(posted.credit_after[1]).net_credit == 30
    assert ledger.money(2) == Money(PKR, 30)


def test_everything_is_there_again_after_opening(journal: Journal) -> None:
    ledger = furnished(journal)
    ledger.post(rows_of([deposit()]), "a", 10)
    hold = TransferRow(id=2, debit=1, credit=2, amount=60, flags=RowFlag.PENDING, timeout_us=5)
    ledger.post(rows_of([hold]), "b", 11)
    ledger.set_flags({2: CREDIT_NORMAL | AccountFlag.FROZEN_DEBIT}, reason="order 7", at_us=12)
    ledger.post(rows_of([deposit(3)]), "c", 16)
    again = Ledger.open(journal)
    assert again.book.state_hash() == ledger.book.state_hash()
    assert again.assets == (PKR,)
    assert again.balance(1).debits_pending == 0


def test_same_key_same_body_gives_the_first_answer(journal: Journal) -> None:
    ledger = furnished(journal)
    batch = rows_of([deposit(), TransferRow(id=2, debit=1, credit=2, amount=500)])
    first = ledger.post(batch, "k", 10)
    for reopened in (ledger, Ledger.open(journal)):
        head = journal.head
        again = reopened.post(batch, "k", 99)
        assert again.repeated and again.seq == first.seq
        assert again.outcomes.tolist() == first.outcomes.tolist() == [1, Outcome.OVERDRAFT]
        assert journal.head == head


def test_same_key_other_body_is_a_conflict(journal: Journal) -> None:
    ledger = furnished(journal)
    ledger.post(rows_of([deposit()]), "k", 10)
    before = ledger.book.state_hash()
    with pytest.raises(KeyConflictError) as caught:
        ledger.post(rows_of([deposit(amount=101)]), "k", 10)
    assert caught.value.stable_code == "ledger.key_conflict"
    assert ledger.book.state_hash() == before


def test_an_id_stays_refused_for_ever(journal: Journal) -> None:
    ledger = furnished(journal)
    poor = TransferRow(id=9, debit=1, credit=2, amount=50)
    assert ledger.post(rows_of([poor]), "a", 10).outcomes.tolist() == [Outcome.OVERDRAFT]
    ledger.post(rows_of([deposit()]), "b", 11)
    again = Ledger.open(journal)
    assert again.post(rows_of([poor]), "c", 12).outcomes.tolist() == [Outcome.ID_ALREADY_REFUSED]


def test_the_clock_never_runs_backwards(journal: Journal) -> None:
    ledger = furnished(journal)
    ledger.post(rows_of([deposit()]), "a", 10)
    with pytest.raises(InstantError):
        ledger.post(rows_of([deposit(2)]), "b", 9)
    assert ledger.post(rows_of([deposit(2)]), "b", 10).outcomes.tolist() == [Outcome.POSTED]


def test_closing_needs_an_empty_account_and_is_all_or_none(journal: Journal) -> None:
    ledger = furnished(journal)
    ledger.post(rows_of([deposit()]), "a", 10)
    closed = CREDIT_NORMAL | AccountFlag.CLOSED
    with pytest.raises(AccountInUseError):
        ledger.set_flags({2: closed, 1: closed}, reason="exit", at_us=11)
    assert AccountFlag.CLOSED not in ledger.book.flags(2)
    ledger.set_flags({2: closed}, reason="exit", at_us=11)
    late = ledger.post(rows_of([deposit(5, account=2)]), "b", 12)
    assert late.outcomes.tolist() == [Outcome.ACCOUNT_CLOSED]


def test_a_failed_commit_halts_the_ledger(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = furnished(journal)

    def fail(drafts: list[Draft]) -> list[Fact]:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(journal, "commit", fail)
        with pytest.raises(OSError, match="No space"):
            ledger.post(rows_of([deposit()]), "a", 10)
    with pytest.raises(HaltedError):
        ledger.post(rows_of([deposit()]), "a", 10)
    again = Ledger.open(journal)
    assert again.balance(1).net_credit == 0
    assert again.post(rows_of([deposit()]), "a", 10).outcomes.tolist() == [Outcome.POSTED]


def test_a_refused_request_does_not_halt(journal: Journal) -> None:
    ledger = furnished(journal)
    with pytest.raises(AccountError):
        ledger.open_account(asset=7, at_us=1)
    with pytest.raises(AccountError):
        ledger.post(rows_of([deposit()]), "a", 1, context={"outcome": np.zeros(1, "u1")})
    with pytest.raises(KeyConflictError):
        ledger.post(rows_of([deposit()]), "", 1)
    assert ledger.post(rows_of([deposit()]), "a", 1).outcomes.tolist() == [Outcome.POSTED]


def test_context_columns_are_recorded_beside_the_rows(journal: Journal) -> None:
    ledger = furnished(journal)
    decision = np.array([77], dtype="<u8")
    posted = ledger.post(rows_of([deposit()]), "a", 1, context={"decision_lo": decision})
    assert frame_of(journal.fact(posted.seq)).columns["decision_lo"].tolist() == [77]
    assert Ledger.open(journal).balance(1).net_credit == 100


@pytest.mark.parametrize(
    ("column", "value"), [("outcome", 3), ("amount_lo", 99), ("touched.balance", 5)]
)
def test_a_fact_that_does_not_follow_is_named(journal: Journal, column: str, value: int) -> None:
    ledger = furnished(journal)
    posted = ledger.post(rows_of([deposit(), deposit(2)]), "a", 1)
    forged = Journal.in_memory("test")
    for fact in journal.facts(until=posted.seq):
        forged.commit([Draft(fact.kind, fact.at_us, fact.actor, fact.payload)])
    frame = frame_of(journal.fact(posted.seq))
    columns = {name: values.copy() for name, values in frame.columns.items()}
    columns[column].flat[-1] = value
    draft = Draft("ledger.batch", 1, "someone", encode_frame(columns, frame.meta))
    forged.commit([draft])
    with pytest.raises(ReplayError) as caught:
        Ledger.open(forged)
    assert caught.value.fields["seq"] == posted.seq


def test_same_requests_same_journal_hash(tmp_path: Path) -> None:
    heads = []
    for place in ("memory", "file"):
        journal = (
            Journal.in_memory("twin")
            if place == "memory"
            else Journal.create(tmp_path / "twin.journal", name="twin")
        )
        with journal:
            ledger = furnished(journal)
            ledger.post(rows_of([deposit(), deposit(2), deposit(1)]), "a", 1)
            heads.append(journal.head)
    assert heads[0] == heads[1]


def test_eighteen_decimals_and_none_hold_exactly(journal: Journal) -> None:
    ledger = Ledger.open(journal)
    wei = ledger.define_asset(Asset("TOK", 18, AssetKind.VIRTUAL_ASSET), at_us=0)
    unit = ledger.define_asset(Asset("SHARE", 0, AssetKind.TOKENIZED_ASSET), at_us=0)
    for asset in (wei, unit):
        ledger.open_account(asset=asset, at_us=0)
        ledger.open_account(asset=asset, flags=CREDIT_NORMAL, at_us=0)
    billion = 10**9 * 10**18 + 1
    moves = [
        TransferRow(id=1, debit=0, credit=1, amount=billion),
        TransferRow(id=2, debit=2, credit=3, amount=3),
        TransferRow(id=3, debit=1, credit=0, amount=1),
        TransferRow(id=4, debit=1, credit=3, amount=1),
    ]
    posted = ledger.post(rows_of(moves), "a", 1)
    assert posted.outcomes.tolist() == [1, 1, 1, Outcome.ASSET_MISMATCH]
    assert ledger.money(1).text() == "1,000,000,000.000000000000000000"
    assert ledger.money(3).text() == "3"
