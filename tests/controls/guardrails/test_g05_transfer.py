"""G05: the limit itself passes, one paisa more does not, and an exit has no limit."""

from __future__ import annotations

import pytest

from sandrail.controls import Kind, Outcome
from sandrail.controls.guardrails import g05_transfer
from tests.makers.desk import condition
from tests.makers.gate import PASSES, PKR, Case, mutant, row

OVER = (Outcome.BLOCK, "G05.transfer_max")
TIGHT = condition("G05.transfer_max", "500", "PKR")
CASES = [
    Case(
        "at and above",
        (
            row(value=100_000 * PKR),
            row(value=100_000 * PKR + 1),
            row(Kind.ISSUE, value=100_000 * PKR + 1),
            row(Kind.REDEEM, value=10**12),
            row(Kind.OFF_RAMP, value=10**12),
        ),
        (PASSES, OVER, OVER, PASSES, PASSES),
    ),
    Case("tightened", (row(value=501 * PKR),), (OVER,), conditions=(TIGHT,)),
]
MUTANTS = [
    ("inclusive=rule.inclusive", "inclusive=False"),
    ("limit = setting.minor(rule)", "limit = setting.minor(rule) + 1"),
    ("kinds=ENTRIES", "kinds=ENTRIES | 8"),
    ("kinds=ENTRIES", "kinds=ENTRIES & ~2"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_guardrail_answers_as_the_rule_says(case: Case) -> None:
    assert case.given(g05_transfer.CONTROL) == list(case.expected)


@pytest.mark.parametrize(("old", "new"), MUTANTS)
def test_a_planted_fault_is_noticed(old: str, new: str) -> None:
    assert not all(case.holds(mutant(g05_transfer, old, new)) for case in CASES)
