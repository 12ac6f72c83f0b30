"""A small trial: the example plan, fewer people and days, the same attackers and faults."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sandrail.journal import Journal
from sandrail.rulebook import Pack, load_pack
from sandrail.screening import ScreeningList, load_un_xml
from sandrail.trials import (
    AdversaryKind,
    Setting,
    TestPlan,
    TrialOutcome,
    load_plan,
    permission_for,
    run_trial,
)
from sandrail.trials.plan import PopulationPlan, ScenarioKind
from sandrail.world import Seed

EXAMPLE = Path(__file__).parents[2] / "examples" / "rupee-art"

ATTACK_DAYS = {
    AdversaryKind.SANCTIONED_PERSON: 2,
    AdversaryKind.STRUCTURER: 4,
    AdversaryKind.LIMIT_SPLITTER: 6,
    AdversaryKind.OVER_MINTER: 7,
    AdversaryKind.WEBHOOK_REPEATER: 8,
}
FAULT_DAYS = {
    ScenarioKind.BANK_REJECT: 3,
    ScenarioKind.BANK_TIMEOUT: 5,
    ScenarioKind.BANK_APPLIED_TIMEOUT: 6,
    ScenarioKind.REDEMPTION_RUN: 8,
    ScenarioKind.STRAY_CREDIT: 4,
    ScenarioKind.LIST_UPDATE: 7,
}


def small(plan: TestPlan) -> TestPlan:
    """Return the plan shrunk to eight days and sixty customers; it is no longer signed."""
    return replace(
        plan,
        days=8,
        stages=(
            replace(plan.stages[0], customers_max=40),
            replace(plan.stages[1], from_day=3, customers_max=80),
        ),
        population=PopulationPlan((("salaried", 20), ("shopkeeper", 20), ("freelancer", 20))),
        scenarios=tuple(
            replace(one, day=FAULT_DAYS[one.kind], size=30 if one.size == 30 else 1)
            for one in plan.scenarios
        ),
        adversaries=tuple(replace(one, day=ATTACK_DAYS[one.kind]) for one in plan.adversaries),
        signatures=(),
    )


@pytest.fixture(scope="session")
def pack() -> Pack:
    return load_pack("pakistan")


@pytest.fixture(scope="session")
def lists() -> tuple[ScreeningList, ...]:
    return (load_un_xml(EXAMPLE / "lists" / "synthetic_un.xml"),)


@pytest.fixture(scope="session")
def plan() -> TestPlan:
    return small(load_plan(EXAMPLE / "plan.toml"))


@pytest.fixture(scope="session")
def setting_of(pack: Pack, lists: tuple[ScreeningList, ...]) -> Callable[..., Setting]:
    def make(plan: TestPlan, *, seed: int = 7, engine: str = "auto") -> Setting:
        permission = permission_for(plan, pack, number="PVARA-SBX-TEST")
        return Setting(plan, pack, permission, lists, Seed(seed), engine)

    return make


@pytest.fixture(scope="session")
def finished(plan: TestPlan, setting_of: Callable[..., Setting]) -> tuple[TrialOutcome, Journal]:
    """One small trial, run once for the session; read only."""
    journal = Journal.in_memory("small")
    return run_trial(setting_of(plan), journal, rehearsal=True), journal
