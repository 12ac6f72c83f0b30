"""G06: rolling sums and counts of the one who initiates, to the unit."""

from __future__ import annotations

import pytest

from sandrail.controls import Kind, Outcome
from sandrail.controls.guardrails import g06_velocity
from tests.makers.desk import condition
from tests.makers.gate import PASSES, PKR, Case, mutant, row

DAY = (Outcome.HOLD, "G06.daily_value_max")
MONTH = (Outcome.HOLD, "G06.monthly_value_max")
COUNT = (Outcome.HOLD, "G06.daily_count_max")
WARNS = (Outcome.WARN, "G06.daily_value_max")
BIG = row(value=125_000 * PKR)
CASES = [
    Case(
        "a day's value",
        (BIG, row(value=125_000 * PKR), row(value=1), row(value=1, debtor=2)),
        (PASSES, WARNS, DAY, PASSES),
    ),
    Case("a day's number", tuple(row() for _ in range(21)), (PASSES,) * 20 + (COUNT,)),
    Case(
        "exits use nothing",
        (row(Kind.REDEEM, value=10**9), row(value=199_999 * PKR)),
        (PASSES, PASSES),
    ),
    Case(
        "a month's value where the day allows more",
        (row(value=150_000 * PKR), row(value=1)),
        ((Outcome.WARN, "G06.monthly_value_max"), MONTH),
        conditions=(condition("G06.monthly_value_max", "150000", "PKR"),),
    ),
]
MUTANTS = [
    ("inclusive=rule.inclusive", "inclusive=False"),
    ("setting.minor(rule)", "setting.minor(rule) + 1"),
    ("rule.integer", "rule.integer + 1"),
    ('"G06.daily_value_max": (Measure.WINDOW_SUM', '"G06.daily_value_max": (Measure.VALUE'),
    ("Window(DAY_US, ENTRIES)", "Window(DAY_US, ENTRIES | 8)"),
    ('"G06.monthly_value_max"', '"G06.monthly_value_min"'),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_guardrail_answers_as_the_rule_says(case: Case) -> None:
    assert case.given(g06_velocity.CONTROL) == list(case.expected)


@pytest.mark.parametrize(("old", "new"), MUTANTS)
def test_a_planted_fault_is_noticed(old: str, new: str) -> None:
    assert not all(case.holds(mutant(g06_velocity, old, new)) for case in CASES)
