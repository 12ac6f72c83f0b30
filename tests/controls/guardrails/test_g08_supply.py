"""G08: units in issue, and room again after a redemption."""

from __future__ import annotations

import pytest

from sandrail.controls import Kind, Outcome
from sandrail.controls.guardrails import g08_supply
from tests.makers.desk import condition
from tests.makers.gate import PASSES, PKR, Case, mutant, row

OVER = (Outcome.BLOCK, "G08.issued_supply_max")
LIMIT = condition("G08.issued_supply_max", "1000", "PKR")
CASES = [
    Case(
        "in issue",
        (
            row(Kind.ISSUE, value=1_000 * PKR),
            row(Kind.ISSUE, value=1),
            row(Kind.TRANSFER, value=5_000 * PKR),
            row(Kind.REDEEM, value=2),
            row(Kind.ISSUE, value=2),
        ),
        (PASSES, OVER, PASSES, PASSES, PASSES),
        conditions=(LIMIT,),
    ),
]
MUTANTS = [
    ("inclusive=rule.inclusive", "inclusive=False"),
    ("setting.minor(rule)", "setting.minor(rule) + 1"),
    ("Measure.SUPPLY", "Measure.HOLDING"),
    ("kinds=mask(Kind.ISSUE)", "kinds=mask(Kind.TRANSFER)"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_guardrail_answers_as_the_rule_says(case: Case) -> None:
    assert case.given(g08_supply.CONTROL) == list(case.expected)


@pytest.mark.parametrize(("old", "new"), MUTANTS)
def test_a_planted_fault_is_noticed(old: str, new: str) -> None:
    assert not all(case.holds(mutant(g08_supply, old, new)) for case in CASES)
