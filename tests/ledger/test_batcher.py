"""Group commit: many callers, few commits, every caller its own answer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from sandrail.journal import Journal
from sandrail.ledger import (
    AccountFlag,
    BusyError,
    GroupCommitter,
    Ledger,
    LedgerBatcher,
    Outcome,
    RowFlag,
    RowsError,
    TransferRow,
)
from sandrail.money import Asset, AssetKind
from sandrail.world import TrialClock


def open_ledger(journal: Journal, customers: int) -> Ledger:
    ledger = Ledger.open(journal)
    ledger.define_asset(Asset("PKR", 2, AssetKind.FIAT), at_us=0)
    ledger.open_account(asset=0, at_us=0)
    for _ in range(customers):
        ledger.open_account(asset=0, flags=AccountFlag.MUST_NOT_OVERDRAW_CREDITS, at_us=0)
    return ledger


def test_sixty_four_callers_share_commits_and_none_overdraws() -> None:
    async def caller(batcher: LedgerBatcher, no: int) -> list[Outcome]:
        spend = [TransferRow(id=no * 100 + k + 1, debit=1, credit=2, amount=1) for k in range(10)]
        return [(await batcher.post(row)).outcome for row in spend]

    async def run(ledger: Ledger) -> list[list[Outcome]]:
        async with LedgerBatcher(ledger, clock=TrialClock(5)) as batcher:
            assert isinstance(batcher, LedgerBatcher)
            await batcher.post(TransferRow(id=99_999, debit=0, credit=1, amount=400))
            return await asyncio.gather(*(caller(batcher, no) for no in range(64)))

    with Journal.in_memory("group") as journal:
        ledger = open_ledger(journal, 2)
        facts_before = journal.head.seq
        outcomes = [outcome for answers in asyncio.run(run(ledger)) for outcome in answers]
        assert outcomes.count(Outcome.POSTED) == 400
        assert outcomes.count(Outcome.OVERDRAFT) == 240
        assert ledger.balance(1).net_credit == 0
        assert journal.head.seq - facts_before <= 30
        assert Ledger.open(journal).book.state_hash() == ledger.book.state_hash()


def test_a_row_that_would_spoil_the_group_is_refused_alone() -> None:
    async def run(ledger: Ledger) -> Outcome:
        async with LedgerBatcher(ledger, clock=TrialClock(5)) as batcher:
            assert isinstance(batcher, LedgerBatcher)
            with pytest.raises(RowsError):
                await batcher.post(
                    TransferRow(id=1, debit=0, credit=1, amount=1, flags=RowFlag.LINKED)
                )
            with pytest.raises(RowsError):
                await batcher.post(TransferRow(id=1, debit=2**63, credit=1, amount=1))
            return (await batcher.post(TransferRow(id=1, debit=0, credit=1, amount=1))).outcome

    with Journal.in_memory("group") as journal:
        assert asyncio.run(run(open_ledger(journal, 1))) is Outcome.POSTED


@pytest.mark.parametrize("threaded", [False, True])
def test_a_failing_commit_reaches_every_waiting_caller_and_the_next_group_goes_on(
    threaded: bool,
) -> None:
    calls: list[int] = []

    def commit(requests: Sequence[int]) -> list[int]:
        calls.append(len(requests))
        if len(calls) == 1:
            raise OSError(28, "No space left on device")
        return [2 * request for request in requests]

    async def run() -> None:
        async with GroupCommitter(commit, threaded=threaded) as committer:
            answers = await asyncio.gather(
                *(committer.submit(n) for n in range(5)), return_exceptions=True
            )
            assert all(isinstance(answer, OSError) for answer in answers)
            assert await committer.submit(21) == 42

    asyncio.run(run())
    assert calls == [5, 1]


def test_waiting_callers_are_limited() -> None:
    async def run() -> None:
        async with GroupCommitter(list[int], waiting_max=2) as committer:
            answers = await asyncio.gather(
                *(committer.submit(n) for n in range(3)), return_exceptions=True
            )
            assert answers[:2] == [0, 1]
            assert isinstance(answers[2], BusyError)

    asyncio.run(run())


@pytest.mark.parametrize("threaded", [False, True])
def test_a_caller_that_gives_up_does_not_stop_the_others(threaded: bool) -> None:
    async def run() -> None:
        async with GroupCommitter(list[int], threaded=threaded) as committer:
            tasks = [asyncio.ensure_future(committer.submit(n)) for n in range(3)]
            tasks[1].cancel()
            answers = await asyncio.gather(*tasks, return_exceptions=True)
            assert (answers[0], answers[2]) == (0, 2)
            assert isinstance(answers[1], asyncio.CancelledError)

    asyncio.run(run())
