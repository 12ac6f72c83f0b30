"""G07: all customers together, counted as money comes in and goes out."""

from __future__ import annotations

import pytest

from sandrail.controls import Kind, Outcome
from sandrail.controls.guardrails import g07_client_funds
from tests.makers.desk import condition
from tests.makers.gate import PASSES, PKR, Case, mutant, row

OVER = (Outcome.BLOCK, "G07.client_funds_max")
LIMIT = condition("G07.client_funds_max", "1000", "PKR")
CASES = [
    Case(
        "together",
        (
            row(Kind.ISSUE, value=700 * PKR, creditor=0),
            row(Kind.ISSUE, value=300 * PKR + 1, creditor=1),
            row(Kind.TRANSFER, value=700 * PKR),
            row(Kind.REDEEM, value=1),
            row(Kind.ISSUE, value=300 * PKR + 1, creditor=1),
        ),
        (PASSES, OVER, PASSES, PASSES, (Outcome.WARN, "G07.client_funds_max")),
        conditions=(LIMIT,),
    ),
]
MUTANTS = [
    ("inclusive=rule.inclusive", "inclusive=False"),
    ("limit = setting.minor(rule)", "limit = setting.minor(rule) + 1"),
    ("Measure.CLIENT_FUNDS", "Measure.VALUE"),
    ("mask(Kind.ISSUE, Kind.ON_RAMP)", "mask(Kind.ISSUE, Kind.ON_RAMP, Kind.TRANSFER)"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_guardrail_answers_as_the_rule_says(case: Case) -> None:
    assert case.given(g07_client_funds.CONTROL) == list(case.expected)


@pytest.mark.parametrize(("old", "new"), MUTANTS)
def test_a_planted_fault_is_noticed(old: str, new: str) -> None:
    assert not all(case.holds(mutant(g07_client_funds, old, new)) for case in CASES)
