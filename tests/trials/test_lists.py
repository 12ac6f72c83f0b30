"""Sanctions lists in a trial: every verdict a fact, and a list that changes in the middle."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any, cast

import numpy as np
import pytest

from sandrail.controls import Outcome as Verdict
from sandrail.controls import PartyStatus, RowFact
from sandrail.journal import Journal, frame_of, parse_payload
from sandrail.ledger import Outcome
from sandrail.products import Orders
from sandrail.screening import Decision, ScreeningList, recorded_decisions
from sandrail.transfers import KIND_BATCH, decode_batch
from sandrail.trials import (
    KIND_LIST,
    LISTS_UPDATED,
    Setting,
    TestPlan,
    TrialOutcome,
    TrialRun,
    lists_in_force,
    read_list,
)
from sandrail.trials.list_facts import amended, list_bytes

Make = Callable[..., Setting]
Finished = tuple[TrialOutcome, Journal]


def test_every_customer_has_a_recorded_verdict(finished: Finished) -> None:
    outcome, journal = finished
    decided = recorded_decisions(journal)
    assert sorted(decided) == list(range(outcome.days[-1].customers))
    assert {"CLEAR", "HIT"} <= set(decided.values())


def test_the_lists_can_be_read_back(finished: Finished, lists: tuple[ScreeningList, ...]) -> None:
    _, journal = finished
    first, second = [read_list(fact) for fact in journal.facts(kinds=[KIND_LIST])]
    assert first.entries == lists[0].entries and first.version == lists[0].version
    assert second.version != first.version and lists_in_force(journal.facts()) == (second,)
    assert list_bytes(first).count(b"\n") == len(lists[0].entries)


def test_a_new_list_freezes_whom_it_names_and_frees_whom_it_no_longer_names(
    finished: Finished,
) -> None:
    outcome, journal = finished
    (fact,) = journal.facts(kinds=[LISTS_UPDATED])
    told = cast("dict[str, Any]", parse_payload(fact))
    freezes, unfreezes = told["freezes"], told["unfreezes"]
    assert len(freezes) == 1 and len(unfreezes) == 1 and told["before"] != told["after"]
    assert outcome.metrics["freeze_minutes_max"] == 60
    moves = [
        (frame_of(item).columns["party"].tolist(), frame_of(item).meta["status"], item.actor)
        for item in journal.facts(since=fact.seq - 1, kinds=["transfers.status"])
    ]
    assert (freezes, PartyStatus.FROZEN, "trial:keeper") in moves
    assert (unfreezes, PartyStatus.ACTIVE, "trial:keeper") in moves


def test_a_transfer_is_judged_by_the_lists_before_or_after_and_by_nothing_else(
    finished: Finished,
) -> None:
    """The gate's bytes change in one fact; a designated customer's transfers turn on that fact."""
    _, journal = finished
    told = cast("dict[str, Any]", parse_payload(next(journal.facts(kinds=[LISTS_UPDATED]))))
    version = told["after"]
    turned = next(
        fact.seq
        for fact in journal.facts(kinds=["transfers.screened"])
        if frame_of(fact).meta["list_version"] == version
    )
    fates: dict[bool, list[int]] = {False: [], True: []}
    for fact in journal.facts(kinds=[KIND_BATCH]):
        batch = decode_batch(frame_of(fact))
        theirs = np.isin(batch.asked.debtor, told["freezes"])
        theirs |= np.isin(batch.asked.creditor, told["freezes"])
        fates[fact.seq > turned] += batch.found.outcome[theirs].tolist()
    assert Verdict.FREEZE not in fates[False] and set(fates[True]) <= {Verdict.FREEZE}


@pytest.mark.parametrize("list_first", [False, True])
def test_a_list_that_races_sixty_four_callers_has_one_outcome(
    plan: TestPlan, setting_of: Make, list_first: bool
) -> None:
    calm = replace(plan, days=3, scenarios=(), adversaries=(), stages=plan.stages[:1])
    run = TrialRun(setting_of(calm), Journal.in_memory("small"), rehearsal=True)
    run.one_day(1)
    run.one_day(2)
    product, customers = run.world.product, run.customers
    parties = np.arange(customers.admitted)
    payer = int(parties[product.spendable(parties).argmax()])
    new = amended(
        customers.lists[0],
        designated=[customers.identity(payer)],
        delisted=(),
        on=date(2027, 1, 6),
    )
    published_us = run.world.clock.now_us()
    if list_first:
        customers.update_lists([new], published_us=published_us)
    step = product.pay_at_once(_orders(run, payer), key="race")
    if not list_first:
        customers.update_lists([new], published_us=published_us)
        assert (step.outcome == Outcome.POSTED).any()
        step = product.pay_at_once(_orders(run, payer, salt=1), key="race again")
    assert set(step.decision.tolist()) == {Verdict.FREEZE}
    assert run.world.desk.floor.parties.screen[payer] == Decision.HIT


def _orders(run: TrialRun, payer: int, salt: int = 0) -> Orders:
    count = 64
    payee = payer + 1 if payer + 1 < run.customers.admitted else payer - 1
    return Orders(
        id_hi=np.full(count, 77 + salt, dtype=np.uint64),
        id_lo=np.arange(1, count + 1, dtype=np.uint64),
        payer=np.full(count, payer, dtype=np.int64),
        payee=np.full(count, payee, dtype=np.int64),
        amount_minor=np.full(count, 100, dtype=np.int64),
        facts=np.full(count, int(RowFact.ORIGINATOR_COMPLETE), dtype=np.uint32),
        asked_us=np.full(count, run.world.clock.now_us(), dtype=np.int64),
    )
