"""Linked chains under the gate: all or none, held together and given back together."""

from __future__ import annotations

import os

import numpy as np
import pytest

from sandrail.controls import CLIENT_FUNDS, Kind, Outcome, run_tests
from sandrail.controls.reference import ReferenceGate
from sandrail.journal import Journal
from sandrail.ledger import AccountFlag, Book
from sandrail.ledger import Outcome as Posting
from sandrail.ledger import apply_fact as apply_ledger_fact
from sandrail.transfers import Answers, Desk, Instruction, InstructionError, rebuild
from sandrail.transfers.floor import Floor
from sandrail.transfers.instructions import checked
from sandrail.transfers.wallet_rows import before_batch
from sandrail.world import HOUR_US, TrialClock, derive_id
from tests.makers.desk import START_US, condition, issue, open_desk, redeem, transfer
from tests.transfers.adversary import Adversary
from tests.transfers.mutants import FAULTS, Fault, interpreted
from tests.transfers.reference_desk import Answer, ReferenceDesk, asked_of

SEEDS = int(os.environ.get("SANDRAIL_SEEDS", "12"))
DAY_LIMIT = condition("G06.daily_value_max", "10", "PKR")


def finish(number: object, kind: Kind, *holds: Instruction) -> list[Instruction]:
    """Instructions that finish holds as one chain."""
    last = len(holds) - 1
    return [
        Instruction(
            id=derive_id("finish", number, place),
            kind=kind,
            pending=hold.id,
            linked=place < last,
        )
        for place, hold in enumerate(holds)
    ]


def decisions(desk: Desk, rows: list[Instruction], key: str) -> list[tuple[int, Posting]]:
    answers = desk.submit(rows, key=key)
    return [(int(answers.found.outcome[n]), answers.posting(n)) for n in range(len(rows))]


def compare(seed: int, batches: int, rows: int) -> int:
    """Let the desk and the reference answer one stream; return how many rows were compared."""
    adversary = Adversary(seed, Journal.in_memory("test"))
    desk, floor = adversary.desk, adversary.desk.floor
    reference = ReferenceDesk(gate=ReferenceGate(floor.program), contra=floor.contra.tolist())
    compared = 0
    for number in range(batches):
        adversary.act()
        try:
            batch = checked(adversary.batch(rows), assets=2)
        except InstructionError:
            continue
        follow(reference, floor)
        now_us = max(desk.clock.now_us(), floor.now_us)
        laid, claimed = floor.lay_out(batch)
        asked, _ = before_batch(floor, laid, claimed, batch.wallet, now_us)
        stateless = run_tests(floor.program, asked, floor.snapshot(now_us))
        wanted = reference.judge(asked_of(laid, asked, stateless), now_us)
        answers = desk.submit(batch, key=str(number))
        got = [
            Answer(*(int(column[row]) for column in found_in_order(answers)))
            for row in range(answers.rows)
        ]
        assert got == wanted, [pair for pair in zip(got, wanted, strict=True) if pair[0] != pair[1]]
        for account, known in enumerate(reference.accounts):
            balance = floor.book.balance(account)
            assert known.balances == (
                balance.debits_pending, balance.debits_posted,
                balance.credits_pending, balance.credits_posted,
            )  # fmt: skip
        assert int(floor.gate.totals[CLIENT_FUNDS]) == reference.gate.client_funds
        adversary.hear(batch, answers.outcome)
        compared += answers.rows
    replayed = rebuild(desk.journal.facts(), floor.terms.pack)
    assert replayed.book.state_hash() == floor.book.state_hash()
    assert same_gate(replayed, floor)
    return compared


def found_in_order(answers: Answers) -> tuple[np.ndarray, ...]:
    found = answers.found
    return found.outcome, found.rule, found.breached, found.excess, answers.outcome


def follow(reference: ReferenceDesk, floor: Floor) -> None:
    """Tell the reference of rules, reserves and accounts that changed between two batches."""
    reference.gate.program = floor.program
    for asset in (0, 1):
        high, low = int(floor.gate.cover_hi[asset]), int(floor.gate.cover_lo[asset])
        reference.gate.cover[asset] = high << 64 | low
    for account in range(len(reference.accounts), floor.book.account_count):
        reference.open_account(
            asset=floor.book.asset_of(account), flags=AccountFlag(floor.book.flags(account))
        )


def same_gate(one: Floor, other: Floor) -> bool:
    """Whether two gates remember the same, byte for byte; unused room is not compared."""
    used, parties = int(one.gate.totals[0]), one.parties.count
    return (
        np.array_equal(one.gate.totals, other.gate.totals)
        and np.array_equal(one.gate.events[:used], other.gate.events[:used])
        and np.array_equal(one.gate.party[:parties], other.gate.party[:parties])
    )


@pytest.mark.parametrize("seed", range(SEEDS))
def test_desk_and_reference_agree_row_by_row_on_streams_meant_to_hurt(seed: int) -> None:
    assert compare(seed, batches=30, rows=24) > 300


def test_one_row_that_waits_lets_its_whole_chain_wait() -> None:
    desk = open_desk(DAY_LIMIT)
    desk.submit([issue(1, 0, 900)], key="a")
    before = desk.floor.book.balance(int(desk.floor.parties.accounts[0, 0]))
    chain = [
        issue("x", 1, 300, linked=True),
        issue("y", 0, 200, linked=True),
        issue("z", 2, 100),
    ]
    assert decisions(desk, chain, "b") == [(Outcome.HOLD, Posting.HELD)] * 3
    answers = desk.submit(chain, key="b")
    assert answers.verdict(0).rule == "CHAIN.waits"
    assert answers.verdict(1).rule == "G06.daily_value_max"
    after = desk.floor.book.balance(int(desk.floor.parties.accounts[0, 0]))
    assert after.net_credit == before.net_credit and after.credits_pending == 200
    # Headroom is reserved for every row of it: party 1 has 1,000 less 300 left.
    assert decisions(desk, [issue(5, 1, 701)], "c")[0][0] == Outcome.HOLD
    retried = desk.submit(chain, key="d")
    assert [retried.posting(n) for n in range(3)] == [Posting.EXISTS] * 3


@pytest.mark.parametrize(
    ("kind", "posting", "left"),
    [(Kind.SETTLE, Posting.POSTED, 700), (Kind.RELEASE, Posting.VOIDED, 1_000)],
)
def test_a_held_chain_is_finished_as_a_whole(kind: Kind, posting: Posting, left: int) -> None:
    desk = open_desk(DAY_LIMIT)
    chain = [issue("x", 1, 300, linked=True), issue("y", 0, 1_001)]
    desk.submit(chain, key="a")
    for number, part in enumerate((chain[:1], chain[1:], chain[::-1])):
        torn = desk.submit(finish(number, kind, *part), key=f"torn-{number}")
        assert not torn.accepted.any()
        assert torn.verdict(0).rule == "CHAIN.torn" and "all of the chain" in torn.verdict(0).reason
    assert [p for _, p in decisions(desk, finish("all", kind, *chain), "b")] == [posting] * 2
    outcomes = [o for o, _ in decisions(desk, [issue(7, 1, left), issue(8, 1, 1)], "c")]
    assert (outcomes[0] < Outcome.HOLD, outcomes[1]) == (True, Outcome.HOLD)


def test_a_held_chain_expires_together_and_gives_its_headroom_back() -> None:
    clock = TrialClock(START_US)
    desk = open_desk(DAY_LIMIT, clock=clock)
    chain = [
        issue("x", 1, 300, linked=True, timeout_us=HOUR_US),
        issue("y", 0, 1_001, timeout_us=HOUR_US),
    ]
    desk.submit(chain, key="a")
    clock.advance_by(HOUR_US - 1)
    assert decisions(desk, [issue(2, 1, 701)], "b")[0][0] == Outcome.HOLD
    desk = open_desk(DAY_LIMIT, clock=clock)
    desk.submit(chain, key="a")
    clock.advance_by(HOUR_US)
    assert decisions(desk, [issue(3, 1, 1_000)], "c")[0][0] < Outcome.HOLD
    ended = desk.submit(finish("late", Kind.SETTLE, *chain), key="d")
    assert ended.posting(0) == Posting.PENDING_ALREADY_EXPIRED


def test_one_row_that_is_refused_lets_nothing_of_its_chain_happen() -> None:
    desk = open_desk(DAY_LIMIT)
    gate, book = desk.floor.gate.party[:4].copy(), desk.floor.book.trial_balance()
    chain = [
        issue("x", 1, 300, linked=True),
        transfer("y", 1, 2, 100, linked=True),
        issue("z", 2, 10_000_001, linked=True),
        redeem("w", 1, 10),
    ]
    answers = decisions(desk, chain, "a")
    assert [posting for _, posting in answers] == [
        Posting.LINKED_FAILED, Posting.LINKED_FAILED, Posting.REFUSED_BY_GATE,
        Posting.LINKED_FAILED,
    ]  # fmt: skip
    assert np.array_equal(desk.floor.gate.party[:4], gate)
    assert desk.floor.book.trial_balance() == book


def test_a_chain_counts_each_of_its_rows_against_the_limit() -> None:
    desk = open_desk(condition("G07.client_funds_max", "10", "PKR"))
    chain = [issue("x", 1, 600, linked=True), issue("y", 2, 401)]
    assert decisions(desk, chain, "a")[1] == (Outcome.BLOCK, Posting.REFUSED_BY_GATE)
    chain = [issue("p", 1, 600, linked=True), issue("q", 2, 400)]
    assert decisions(desk, chain, "b")[1][1] == Posting.POSTED


def test_what_finishes_a_hold_cannot_wait_with_its_chain() -> None:
    desk = open_desk(DAY_LIMIT)
    held = issue("h", 3, 100, two_step=True)
    desk.submit([held], key="a")
    (end,) = finish("e", Kind.SETTLE, held)
    chain = [issue("x", 1, 1_001, linked=True), end]
    answers = desk.submit(chain, key="b")
    assert answers.posting(1) == Posting.REFUSED_BY_GATE
    assert answers.verdict(1).rule == "CHAIN.cannot_wait"
    assert decisions(desk, finish("f", Kind.SETTLE, held), "c")[0][1] == Posting.POSTED


def test_the_ledger_alone_reads_held_chains_from_the_desk_s_facts() -> None:
    adversary = Adversary(5, Journal.in_memory("test"))
    for number in range(12):
        adversary.act()
        batch = adversary.batch(64)
        try:
            adversary.hear(batch, adversary.desk.submit(batch, key=str(number)).outcome)
        except InstructionError:
            continue
    book = Book()
    for fact in adversary.desk.journal.facts():
        apply_ledger_fact(book, fact)
    assert book.state_hash() == adversary.desk.floor.book.state_hash()


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_the_comparison_kills_a_planted_fault(
    fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel runs interpreted, with one line changed; the reference does not agree with it."""
    with interpreted(fault) as judge_and_post:
        monkeypatch.setattr("sandrail.transfers.floor.judge_and_post", judge_and_post)
        with pytest.raises((AssertionError, IndexError)):
            for seed in range(30):
                compare(seed, batches=16, rows=32)


def test_the_interpreted_kernel_without_a_fault_is_the_kernel(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with interpreted() as judge_and_post:
        monkeypatch.setattr("sandrail.transfers.floor.judge_and_post", judge_and_post)
        compare(1, batches=16, rows=24)
