"""G22: a self-hosted wallet is proven before more than the pack's line moves with it."""

from __future__ import annotations

import pytest

from sandrail.controls import Kind, Outcome, RowFact
from sandrail.controls.guardrails import g22_self_hosted
from tests.makers.desk import condition
from tests.makers.gate import PASSES, PKR, Case, mutant, row

WAITS = (Outcome.HOLD, "G22.ownership_proof_above")
OWN = RowFact.SELF_HOSTED
PROVEN = RowFact.SELF_HOSTED | RowFact.OWNERSHIP_PROVEN
LINE = 50_000 * PKR
CASES = [
    Case(
        "facts",
        (
            row(value=LINE, facts=OWN),
            row(value=LINE + 1, facts=OWN),
            row(Kind.REDEEM, value=LINE + 1, facts=OWN),
            row(value=LINE + 1),
            row(value=LINE + 1, facts=PROVEN),
            row(value=1, facts=OWN | RowFact.PROOF_DUE),
            row(value=1, facts=PROVEN | RowFact.PROOF_DUE),
            row(value=1, facts=RowFact.PROOF_DUE),
        ),
        (PASSES, WAITS, WAITS, PASSES, PASSES, WAITS, PASSES, PASSES),
    ),
    Case(
        "a condition tightens the line",
        (row(value=101, facts=OWN), row(value=100, facts=OWN)),
        (WAITS, PASSES),
        conditions=(condition("G22.ownership_proof_above", "1", "PKR"),),
    ),
]
MUTANTS = [
    ("RowFact.SELF_HOSTED", "RowFact.CROSS_BORDER"),
    ("RowFact.OWNERSHIP_PROVEN", "RowFact.SELF_HOSTED"),
    ("RowFact.PROOF_DUE", "RowFact.CROSS_BORDER"),
    ("or not rule.flag", "or rule.flag"),
    ("rows.value > passes_minor", "rows.value >= passes_minor"),
    ("setting.minor(line)", "2 * setting.minor(line)"),
    ("EXITS, unproven", "0, unproven"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_guardrail_answers_as_the_rule_says(case: Case) -> None:
    assert case.given(g22_self_hosted.CONTROL) == list(case.expected)


@pytest.mark.parametrize(("old", "new"), MUTANTS)
def test_a_planted_fault_is_noticed(old: str, new: str) -> None:
    assert not all(case.holds(mutant(g22_self_hosted, old, new)) for case in CASES)
