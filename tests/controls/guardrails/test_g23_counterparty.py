"""G23: no counterparty without due diligence."""

from __future__ import annotations

import pytest

from sandrail.controls import Kind, Outcome, RowFact
from sandrail.controls.guardrails import g23_counterparty
from tests.makers.gate import PASSES, Case, mutant, row

OBJECTS = (Outcome.BLOCK, "G23.counterparty_diligence_required")
WAITS = (Outcome.HOLD, "G23.counterparty_diligence_required")
CASES = [
    Case(
        "facts",
        (
            row(facts=RowFact.WITH_COUNTERPARTY),
            row(Kind.REDEEM, facts=RowFact.WITH_COUNTERPARTY),
            row(),
            row(facts=RowFact.WITH_COUNTERPARTY | RowFact.COUNTERPARTY_APPROVED),
            row(facts=RowFact.COUNTERPARTY_APPROVED),
        ),
        (
            OBJECTS,
            WAITS,
            PASSES,
            PASSES,
            PASSES,
        ),
    ),
]
MUTANTS = [
    ("RowFact.WITH_COUNTERPARTY", "RowFact.CROSS_BORDER"),
    ("RowFact.COUNTERPARTY_APPROVED", "RowFact.WITH_COUNTERPARTY"),
    ("or not rule.flag", "or rule.flag"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_guardrail_answers_as_the_rule_says(case: Case) -> None:
    assert case.given(g23_counterparty.CONTROL) == list(case.expected)


@pytest.mark.parametrize(("old", "new"), MUTANTS)
def test_a_planted_fault_is_noticed(old: str, new: str) -> None:
    assert not all(case.holds(mutant(g23_counterparty, old, new)) for case in CASES)
