"""The example trial's attackers against the real UN list, where the test data are at hand."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sandrail.journal import Journal
from sandrail.ledger import BreakKind, BreakState
from sandrail.screening import load_un_xml
from sandrail.trials import Setting, TestPlan, break_lives, run_trial
from sandrail.trials.plan import ScenarioKind
from sandrail.trials.reconciling import BREAK_KINDS, STRAY

REAL_LIST = "lists/un_consolidated_2026-02-27.xml"


def real_list() -> Path:
    folder = os.environ.get("SANDRAIL_TEST_DATA")
    if folder:
        return Path(folder) / REAL_LIST
    if os.environ.get("SANDRAIL_REQUIRE_ALL") == "1":
        pytest.fail("SANDRAIL_TEST_DATA does not name the folder of test data.")
    pytest.skip("SANDRAIL_TEST_DATA is not set: the real UN list is not tested.")


@pytest.mark.real_data
def test_a_listed_person_moves_nothing_and_customers_are_served(
    plan: TestPlan, setting_of: Callable[..., Setting]
) -> None:
    setting = replace(setting_of(plan), lists=(load_un_xml(real_list()),))
    journal = Journal.in_memory("real")
    outcome = run_trial(setting, journal, rehearsal=True)
    assert outcome.metrics["sanctioned_value_minor"] == 0
    success = outcome.metrics["honest_success_bp"]
    assert success is not None and success >= 9_000
    assert all(verdict.holds for verdict in outcome.verdicts)
    # The plan lets a stranger pay in; no other break was ever found, and that one was resolved.
    (stray,) = [one for one in plan.scenarios if one.kind is ScenarioKind.STRAY_CREDIT]
    assert [close.day for close in outcome.days if close.breaks] == [stray.day]
    (life,) = break_lives(journal.facts(kinds=BREAK_KINDS))
    assert life.kind == BreakKind.MISSING_INSIDE and life.state is BreakState.RESOLVED
    assert life.reason == STRAY
