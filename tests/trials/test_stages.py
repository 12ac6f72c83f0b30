"""Earned limits: they widen on evidence and narrow on drift; a stop counts what is under way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import pytest

from sandrail.controls import Outcome as Verdict
from sandrail.journal import Journal, frame_of, parse_payload
from sandrail.rulebook import effective_rules
from sandrail.trials import (
    LimitLine,
    OtherRun,
    Setting,
    TestPlan,
    TrialOutcome,
    TrialRun,
    retraced,
    run_trial,
)
from sandrail.trials.plan import Scenario, ScenarioKind

Make = Callable[..., Setting]
Finished = tuple[TrialOutcome, Journal]
PERMISSION = "transfers.permission"


def limits(journal: Journal, rule: str) -> list[str]:
    """Return the values that a rule had, one a change of permission."""
    found = []
    for fact in journal.facts(kinds=[PERMISSION]):
        plain = cast("dict[str, Any]", parse_payload(fact))
        conditions = plain["permission"]["conditions"]
        found += [one["value"] for one in conditions if one["rule_id"] == rule]
    return found


def calm(plan: TestPlan, **changes: Any) -> TestPlan:
    return replace(plan, adversaries=(), scenarios=(), **changes)


def test_limits_begin_below_the_ceiling_and_widen_up_to_it(finished: Finished) -> None:
    _, journal = finished
    assert limits(journal, "G05.transfer_max") == ["50000", "75000"]
    for fact in journal.facts(kinds=[PERMISSION]):
        assert fact.actor == "trial:watch"
        assert cast("dict[str, Any]", parse_payload(fact))["confirmed_by"] == "trial:head"


def test_drift_brings_the_limits_of_the_stage_before_back(plan: TestPlan, setting_of: Make) -> None:
    run = TrialRun(setting_of(calm(plan, days=5)), Journal.in_memory("small"), rehearsal=True)
    for day in (1, 2, 3):
        run.one_day(day)
    assert run.stage is plan.stages[1]
    token = run.world.product.token
    token.attest_reserve(10**12, as_of_us=token.chain.now_us, evidence=b"\x01" * 32)
    assert token.mint(run.world.product.customer(0).wallet, 5, ref=1).ok
    run.one_day(4)
    run.one_day(5)
    assert run.stage is plan.stages[0]
    assert limits(run.journal, "G05.transfer_max") == ["50000", "75000", "50000"]
    narrowed = list(run.journal.facts(kinds=["trials.stage_narrowed"]))
    assert len(narrowed) == 1
    assert run.stages.following is None


def test_a_wider_stage_of_the_pack_does_not_lift_the_plan_s_ceiling(
    plan: TestPlan, setting_of: Make
) -> None:
    rule = "G02.customers_max"
    (asked,) = [int(limit.value) for limit in plan.limits if limit.rule == rule]
    setting = setting_of(calm(plan, days=3))
    granted = setting.permission
    # The committee left the number of customers to the stage of the pack.
    kept = tuple(one for one in granted.conditions if one.rule_id != rule)
    granted = replace(granted, stage="stage_1", conditions=kept)
    run = TrialRun(replace(setting, permission=granted), Journal.in_memory("small"), rehearsal=True)
    for day in (1, 2, 3):
        run.one_day(day)
    terms, now_us = run.world.desk.floor.terms, run.world.clock.now_us()
    assert terms.permission.stage == plan.stages[1].opens == "stage_2"
    of_the_pack = effective_rules(terms.pack, replace(terms.permission, conditions=()), now_us)
    assert int(of_the_pack[rule].value) > asked
    assert effective_rules(terms.pack, terms.permission, now_us)[rule].value == asked


def test_a_limit_is_what_applied_at_the_moment() -> None:
    line = LimitLine.of([(10, 5), (20, 7)])
    assert [line.at(us) for us in (0, 9, 10, 19, 20, 99)] == [5, 5, 5, 5, 7, 7]


def test_a_stop_is_felt_at_once_and_lifted_by_two(plan: TestPlan, setting_of: Make) -> None:
    stop = Scenario(ScenarioKind.EMERGENCY_STOP, 3, 6)
    journal = Journal.in_memory("small")
    run_trial(setting_of(replace(calm(plan, days=4), scenarios=(stop,))), journal, rehearsal=True)
    kinds = ["transfers.paused", "transfers.resumed"]
    paused, resumed = [fact.seq for fact in journal.facts(kinds=kinds)]
    decided: list[int] = []
    for fact in journal.facts(since=paused, until=resumed, kinds=["transfers.batch"]):
        frame = frame_of(fact)
        entries = (frame.columns["kind"] == 1) | (frame.columns["kind"] == 2)
        if "decision" in frame.columns:
            decided += frame.columns["decision"][entries].tolist()
        else:
            assert not entries.any()
    assert set(decided) <= {int(Verdict.BLOCK)}
    told = [
        cast("dict[str, Any]", parse_payload(fact))
        for fact in journal.facts(kinds=["trials.stopped", "trials.restarted"])
    ]
    assert len(told) == 2 and all("payouts_minor" in one for one in told)


def test_a_late_attestation_stops_issuing_by_itself(plan: TestPlan, setting_of: Make) -> None:
    late = Scenario(ScenarioKind.LATE_ATTESTATION, 1, 2)
    setting = setting_of(replace(calm(plan, days=2), scenarios=(late,)))
    early = replace(setting.permission, valid_from_us=setting.starts_us - 60 * 86_400_000_000)
    journal = Journal.in_memory("small")
    outcome = run_trial(replace(setting, permission=early), journal, rehearsal=True)
    assert outcome.metrics["transfers_posted"] == 0
    assert any(name.startswith("G16.") for name in outcome.reasons)


@pytest.mark.parametrize("share", [3, 10])
def test_an_interrupted_run_goes_on_to_the_same_hash(
    plan: TestPlan, setting_of: Make, share: int
) -> None:
    setting = setting_of(calm(plan, days=3))
    whole = Journal.in_memory("small")
    outcome = run_trial(setting, whole, rehearsal=True)
    cut = Journal.in_memory("small")
    kept = list(whole.facts())[: (whole.head.seq + 1) * share // 11]
    for fact in kept:
        cut.commit([_draft(fact)])
    again = run_trial(setting, retraced(cut, writes=True), rehearsal=True)
    assert again.journal_hash == outcome.journal_hash
    assert cut.head == whole.head
    replayed = run_trial(setting, retraced(whole, writes=False), rehearsal=True)
    assert replayed.journal_hash == outcome.journal_hash


def test_another_seed_is_another_run(plan: TestPlan, setting_of: Make) -> None:
    short = calm(plan, days=1, stages=plan.stages[:1])
    real = Journal.in_memory("small")
    run_trial(setting_of(short), real, rehearsal=True)
    with pytest.raises(OtherRun) as caught:
        run_trial(setting_of(short, seed=8), retraced(real, writes=False), rehearsal=True)
    assert caught.value.fields["seq"] == 0


def _draft(fact: Any) -> Any:
    from sandrail.journal import Draft

    return Draft(fact.kind, fact.at_us, fact.actor, fact.payload)
