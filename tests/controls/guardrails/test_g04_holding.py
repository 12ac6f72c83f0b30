"""G04: one unit above the holding cap is refused, and the way out is never capped."""

from __future__ import annotations

import pytest

from sandrail.controls import Kind, Outcome
from sandrail.controls.guardrails import g04_holding
from tests.makers.gate import PASSES, PKR, Case, mutant, row

OVER = (Outcome.BLOCK, "G04.holding_max")
WARNS = (Outcome.WARN, "G04.holding_max")
CASES = [
    Case(
        "up to the cap and one more",
        (
            row(value=223_999 * PKR),
            row(value=1 * PKR),
            row(value=56_000 * PKR),
            row(value=1),
            row(Kind.REDEEM, value=400_000 * PKR),
        ),
        (PASSES, WARNS, WARNS, OVER, PASSES),
    ),
    Case("issue", (row(Kind.ISSUE, value=280_000 * PKR + 1),), (OVER,)),
]
MUTANTS = [
    ("inclusive=rule.inclusive", "inclusive=False"),
    ("setting.minor(rule)", "setting.minor(rule) + 1"),
    ("Measure.HOLDING", "Measure.VALUE"),
    ("setting.outcome(rule)", "type(setting.outcome(rule)).HOLD"),
    ("warn_at=setting.warn_at(rule, units)", "warn_at=units"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_guardrail_answers_as_the_rule_says(case: Case) -> None:
    assert case.given(g04_holding.CONTROL) == list(case.expected)


@pytest.mark.parametrize(("old", "new"), MUTANTS)
def test_a_planted_fault_is_noticed(old: str, new: str) -> None:
    assert not all(case.holds(mutant(g04_holding, old, new)) for case in CASES)
