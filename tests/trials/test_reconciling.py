"""Breaks between the books: found as what they are, ageing, and resolved by adjusting entries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from sandrail.journal import Journal
from sandrail.ledger import BreakKind, BreakState, ChartCode, TransferRow
from sandrail.money import Money
from sandrail.products import mirror
from sandrail.rails.bank import CreditTransfer, Iban
from sandrail.trials import Setting, TestPlan, TrialOutcome, TrialRun, break_lives
from sandrail.trials.reconciling import NUMBERED_LATER, STRAY
from sandrail.world import DAY_US, HOUR_US

Make = Callable[..., Setting]
Finished = tuple[TrialOutcome, Journal]
FEE = 12_345


@pytest.fixture
def run(plan: TestPlan, setting_of: Make) -> TrialRun:
    calm = replace(plan, days=4, scenarios=(), adversaries=(), stages=plan.stages[:1])
    run = TrialRun(setting_of(calm), Journal.in_memory("small"), rehearsal=True)
    run.one_day(1)
    return run


def kinds(run: TrialRun) -> list[BreakKind]:
    return [record.found.kind for record in run.world.reconciler.book.waiting()]


def test_a_day_on_which_nothing_is_wrong_has_no_breaks(run: TrialRun) -> None:
    assert run.one_day(2).breaks == () and run.one_day(3).breaks == ()
    reconciled = list(run.journal.facts(kinds=["ledger.reconciled"]))
    assert len(reconciled) == 3


def test_money_from_a_stranger_is_found_and_booked_by_two(finished: Finished) -> None:
    outcome, journal = finished
    (life,) = break_lives(journal.facts())
    assert life.kind == BreakKind.MISSING_INSIDE and life.state is BreakState.RESOLVED
    assert (life.reason, life.proposed_by, life.agreed_by) == (
        STRAY,
        "trial:keeper",
        "trial:controller",
    )
    assert life.age_us(0) == 12 * HOUR_US and outcome.metrics["break_age_hours_max"] == 12
    assert [len(close.breaks) for close in outcome.days] == [0, 0, 0, 1, 0, 0, 0, 0]
    assert [close.unmatched_minor for close in outcome.days] == [0, 0, 0, life.minor, 0, 0, 0, 0]


def test_a_fee_that_the_bank_takes_is_a_break_until_two_people_book_it(run: TrialRun) -> None:
    world = run.world
    fees = world.bank.open_customer_account("The bank's own fees")
    world.clock.advance_to(run.setting.day_starts_us(2))
    # The bank helps itself: no message of the firm stands behind the booking.
    order = fee_order(run, fees)
    world.bank._books.book(order, world.clock.now_us())
    close = run.one_day(2)
    assert sorted(kinds(run)) == [BreakKind.MISSING_INSIDE, BreakKind.RESERVE_SHORT]
    record = next(
        record
        for record in world.reconciler.book.waiting()
        if record.found.kind is BreakKind.MISSING_INSIDE
    )
    assert record.found.outside_minor == -FEE and len(close.breaks) == 2
    run.one_day(3)
    now_us = world.clock.now_us()
    assert world.reconciler.book.ageing(now_us, bounds_us=[HOUR_US, DAY_US]) == [0, 0, 2]
    adjuster, own = world.reconciler.adjuster, world.bank.open_customer_account("The firm itself")
    world.bank.pay_in_cash(own, Money(world.bank.currency, FEE))
    world.bank.customer_pays(
        own, world.product.reserve.iban, Money(world.bank.currency, FEE), "made good"
    )
    losses, funds = adjuster.account(ChartCode.LOSSES), adjuster.account(ChartCode.OWN_FUNDS)
    rows = [
        TransferRow(NUMBERED_LATER, adjuster.reserve, funds, FEE),
        TransferRow(NUMBERED_LATER, losses, adjuster.reserve, FEE),
    ]
    done = world.reconciler.resolve(record.found.id, rows, reason="A fee; the firm made it good.")
    assert done.state is BreakState.RESOLVED
    run.one_day(4)
    assert BreakKind.RESERVE_SHORT not in kinds(run)
    lives = {life.kind: life for life in break_lives(run.journal.facts())}
    assert lives["reserve_short"].state is BreakState.CLEARED
    assert run.metrics()["break_age_hours_max"] >= 24  # type: ignore[operator]


def fee_order(run: TrialRun, fees: Iban) -> CreditTransfer:
    world = run.world
    return CreditTransfer(
        "FEE1",
        Money(world.bank.currency, FEE),
        world.bank.party(world.product.reserve.iban),
        world.bank.party(fees),
        "account fee",
    )


def test_a_line_that_the_statement_has_twice_is_a_duplicate(
    run: TrialRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = mirror._statements

    def doubled(fact: object, currency: object) -> object:
        for statement, where in real(fact, currency):  # type: ignore[arg-type]
            yield replace(statement, entries=(*statement.entries, *statement.entries[:1])), where

    monkeypatch.setattr(mirror, "_statements", doubled)
    for day in (2, 3, 4):
        run.one_day(day)
    assert BreakKind.DUPLICATE in kinds(run)


def test_a_line_that_the_statement_lacks_is_missing_outside(
    run: TrialRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = mirror._statements

    def shortened(fact: object, currency: object) -> object:
        for statement, where in real(fact, currency):  # type: ignore[arg-type]
            yield replace(statement, entries=statement.entries[1:]), where

    monkeypatch.setattr(mirror, "_statements", shortened)
    for day in (2, 3, 4):
        run.one_day(day)
    assert BreakKind.MISSING_OUTSIDE in kinds(run)


def test_a_mint_past_the_ledger_is_typed_and_the_reserve_is_short(run: TrialRun) -> None:
    product = run.world.product
    token = product.token
    token.attest_reserve(10**12, as_of_us=token.chain.now_us, evidence=b"\x01" * 32)
    assert token.mint(product.customer(0).wallet, 500, ref=1).ok
    run.one_day(2)
    assert sorted(kinds(run)) == [BreakKind.MISSING_INSIDE, BreakKind.RESERVE_SHORT]
    minted = next(
        record
        for record in run.world.reconciler.book.waiting()
        if record.found.kind is BreakKind.MISSING_INSIDE
    )
    adjuster = run.world.reconciler.adjuster
    by_order = adjuster.account(ChartCode.TOKENS_BY_ORDER)
    rows = [TransferRow(NUMBERED_LATER, adjuster.in_issue, by_order, 500)]
    run.world.reconciler.resolve(minted.found.id, rows, reason="Minted past the gate; owed.")
    close = run.one_day(3)
    assert close.supply_minor == close.liability_minor
