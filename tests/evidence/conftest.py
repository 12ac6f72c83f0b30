"""One small case and trial in one journal, run once; every test takes a copy of its bundle."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sandrail.casework import Casebook, Grounds, Outcome, Walk, load_application, load_people
from sandrail.evidence import Dossier, read_dossier, write_bundle
from sandrail.journal import Journal
from sandrail.rulebook import load_pack
from sandrail.screening import load_un_xml
from sandrail.trials import (
    AdversaryKind,
    Office,
    Officers,
    ScenarioKind,
    Setting,
    TestPlan,
    load_plan,
    run_trial,
)
from sandrail.trials.plan import PopulationPlan
from sandrail.world import HOUR_US, Role, Seed, parse_instant

EXAMPLE = Path(__file__).parents[2] / "examples" / "rupee-art"
MINUTES = hashlib.sha256(b"minutes of the committee").hexdigest()

ATTACK_DAYS = {
    AdversaryKind.SANCTIONED_PERSON: 1,
    AdversaryKind.STRUCTURER: 2,
    AdversaryKind.LIMIT_SPLITTER: 3,
    AdversaryKind.OVER_MINTER: 4,
    AdversaryKind.WEBHOOK_REPEATER: 4,
}
FAULT_DAYS = {
    ScenarioKind.BANK_REJECT: 2,
    ScenarioKind.BANK_TIMEOUT: 3,
    ScenarioKind.BANK_APPLIED_TIMEOUT: 4,
    ScenarioKind.REDEMPTION_RUN: 5,
    ScenarioKind.STRAY_CREDIT: 2,
    ScenarioKind.LIST_UPDATE: 4,
}


def small(plan: TestPlan) -> TestPlan:
    """Return the plan cut to five days and fifty customers, signed anew by the same people."""
    cut = replace(
        plan,
        days=5,
        stages=(
            replace(plan.stages[0], customers_max=60),
            replace(plan.stages[1], from_day=2, customers_max=80),
        ),
        population=PopulationPlan((("salaried", 20), ("shopkeeper", 20), ("freelancer", 10))),
        scenarios=tuple(
            replace(one, day=FAULT_DAYS[one.kind], size=40 if one.size == 30 else 1)
            for one in plan.scenarios
        ),
        adversaries=tuple(replace(one, day=ATTACK_DAYS[one.kind]) for one in plan.adversaries),
    )
    signed = tuple(replace(one, terms=cut.terms_hash) for one in cut.signatures)
    return replace(cut, signatures=signed)


@pytest.fixture(scope="session")
def journal() -> Journal:
    """From application to decision; read only."""
    pack = load_pack("pakistan")
    people = load_people(EXAMPLE / "people.toml")
    journal = Journal.in_memory("evidence-test")
    walk = Walk(Casebook.open(journal, pack), people, parse_instant("2026-09-01T09:00:00+05:00"))
    grounds = Grounds(("MET-1",), (MINUTES,))
    case = walk.approve(load_application(EXAMPLE / "application.toml"), grounds=grounds)
    granted = walk.grant(case, products=("asset_referenced_token",), grounds=grounds)
    walk.now_us = max(walk.now_us, granted.valid_from_us)
    permission = walk.go_live(granted.id, grounds=grounds)
    plan = small(load_plan(EXAMPLE / "plan.toml"))
    lists = (load_un_xml(EXAMPLE / "lists" / "synthetic_un.xml"),)
    officers = Officers(
        keeper=people.first(Role.FIRM_PREPARER),
        controller=people.first(Role.FIRM_SIGNATORY),
        watch=people.first(Role.SUPERVISOR),
        head=people.first(Role.HEAD),
    )
    setting = Setting(
        plan,
        pack,
        permission,
        lists,
        Seed(5),
        officers=officers,
        office=Office(walk.book, permission.id),
    )
    outcome = run_trial(setting, journal)
    end_us = outcome.days[-1].at_us + HOUR_US
    rests_on = Grounds(("OUTCOME-1",), (outcome.journal_hash,))
    firm = people.first(Role.FIRM_SIGNATORY)
    walk.book.report_final(permission.id, by=firm, grounds=rests_on, at_us=end_us)
    walk.book.decide(
        permission.id, Outcome.WIND_DOWN, grounds=rests_on, by=walk.deciders, at_us=end_us + HOUR_US
    )
    return journal


@pytest.fixture(scope="session")
def dossier(journal: Journal) -> Dossier:
    return read_dossier(journal)


@pytest.fixture(scope="session")
def pristine(dossier: Dossier, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle that nobody may change."""
    return write_bundle(dossier, tmp_path_factory.mktemp("pristine") / "bundle")


@pytest.fixture
def bundle(pristine: Path, tmp_path: Path) -> Path:
    """A bundle of the test's own."""
    return Path(shutil.copytree(pristine, tmp_path / "bundle"))


@pytest.fixture(scope="session")
def again(dossier: Dossier) -> Callable[[Path], Path]:
    """Write the same bundle somewhere else."""
    return lambda folder: write_bundle(dossier, folder)
