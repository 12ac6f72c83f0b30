"""G34: a stale price makes a transfer wait."""

from __future__ import annotations

import pytest

from sandrail.controls import Kind, Outcome, RowFact
from sandrail.controls.guardrails import g34_price
from tests.makers.gate import PASSES, Case, mutant, row

OBJECTS = (Outcome.HOLD, "G34.price_age_max")
WAITS = (Outcome.HOLD, "G34.price_age_max")
CASES = [
    Case(
        "facts",
        (
            row(facts=RowFact.PRICE_STALE),
            row(Kind.REDEEM, facts=RowFact.PRICE_STALE),
            row(),
        ),
        (
            OBJECTS,
            WAITS,
            PASSES,
        ),
    ),
]
MUTANTS = [("RowFact.PRICE_STALE", "RowFact.CROSS_BORDER")]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_guardrail_answers_as_the_rule_says(case: Case) -> None:
    assert case.given(g34_price.CONTROL) == list(case.expected)


@pytest.mark.parametrize(("old", "new"), MUTANTS)
def test_a_planted_fault_is_noticed(old: str, new: str) -> None:
    assert not all(case.holds(mutant(g34_price, old, new)) for case in CASES)
