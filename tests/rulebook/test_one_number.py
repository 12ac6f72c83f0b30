"""One number is changed in a pack: page, self-check, gate and evidence report follow together."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from lxml import html

from sandrail.casework import load_application, self_check
from sandrail.controls import AssetTerms, Screen
from sandrail.evidence import read_dossier, render_report
from sandrail.journal import Journal
from sandrail.rulebook import Pack, find_packs, load_pack, publish_guidelines
from sandrail.screening import load_un_xml
from sandrail.transfers import Desk, DeskTerms, FirmDesk
from sandrail.trials import Setting, load_plan, permission_for, run_trial
from sandrail.trials.plan import PopulationPlan
from sandrail.world import Seed, TrialClock
from tests.makers.desk import AGREED, START_US, TOKEN, client_account, issue, permission

EXAMPLE = Path(__file__).parents[2] / "examples" / "rupee-art" / "application.toml"
PKR = 100


def _files(transfer_max: str) -> dict[str, bytes]:
    """Return Pakistan's files with another limit for a single transfer, and nothing else."""
    files = {file.name: file.read_bytes() for file in find_packs()["pakistan"].glob("*.toml")}
    head, rest = files["guardrails.toml"].split(b'id = "G05.transfer_max"')
    rest = rest.replace(b'value = "100000"', f'value = "{transfer_max}"'.encode(), 1)
    return files | {"guardrails.toml": head + b'id = "G05.transfer_max"' + rest}


def _on_the_page(pack: Pack) -> str:
    row = html.fromstring(publish_guidelines(pack)).xpath("//*[@id='rule-G05.transfer_max']")[0]
    return str(row.text_content())


def _granted_by_self_check(pack: Pack) -> str:
    report = self_check(load_application(EXAMPLE), pack, at_us=START_US)
    return next(it.granted for it in report.limits if it.rule_id == "G05.transfer_max")


def _verdict_at_the_gate(pack: Pack, rupees: int) -> tuple[str, str]:
    terms = DeskTerms(pack, permission(pack), (AssetTerms(TOKEN),))
    desk = Desk.create(Journal.in_memory("one-number"), terms, TrialClock(START_US))
    desk.onboard(["C0"], consent=AGREED)
    FirmDesk(desk).observe(client_account(START_US))
    desk.set_lists("test-1", published_us=START_US)
    screen = np.array([Screen.CLEAR], dtype=np.uint8)
    desk.set_screening(np.array([0], dtype=np.int64), screen, list_version="test-1")
    desk.set_reserve(0, reserve_minor=10**12, attested_us=START_US, evidence="00" * 32)
    verdict = desk.submit([issue(1, 0, rupees * PKR)], key="k").verdict(0)
    return verdict.outcome.name, verdict.limit


def _in_the_report(pack: Pack, folder: Path) -> str:
    """Run the smallest trial under the pack, and return what its report says of the limit."""
    plan = load_plan(EXAMPLE.parent / "plan.toml")
    plan = replace(
        plan,
        days=1,
        stages=(replace(plan.stages[0], customers_max=9, limits=()),),
        population=PopulationPlan((("salaried", 6),)),
        scenarios=(),
        adversaries=(),
        limits=(),
        signatures=(),
    )
    granted = permission_for(plan, pack, number="PVARA-SBX-TEST")
    lists = (load_un_xml(EXAMPLE.parent / "lists" / "synthetic_un.xml"),)
    journal = Journal.in_memory("one-number-report")
    run_trial(Setting(plan, pack, granted, lists, Seed(1)), journal, rehearsal=True)
    page = html.fromstring(render_report(read_dossier(journal, pack=folder)))
    (row,) = page.xpath("//table[@class='rules']//tr[contains(., 'transfer_max')]")
    return str(row.text_content())


@pytest.mark.parametrize(
    ("limit", "shown", "granted", "outcome"),
    [
        ("100000", "PKR 100,000", "PKR 75,000", "ALLOW"),
        ("60000", "PKR 60,000", "PKR 60,000", "BLOCK"),
    ],
)
def test_page_self_check_gate_and_report_follow_one_number(
    limit: str, shown: str, granted: str, outcome: str, tmp_path: Path
) -> None:
    for name, data in _files(limit).items():
        (tmp_path / name).write_bytes(data)
    pack = load_pack(tmp_path)
    assert shown in _on_the_page(pack)
    assert _granted_by_self_check(pack) == granted
    said, at = _verdict_at_the_gate(pack, 70_000)
    assert said == outcome
    assert at == (shown if outcome == "BLOCK" else "")
    assert shown in _in_the_report(pack, tmp_path)
