"""G18: what leaves custody is signed for."""

from __future__ import annotations

import pytest

from sandrail.controls import Kind, Outcome, RowFact
from sandrail.controls.guardrails import g18_custody
from tests.makers.gate import PASSES, Case, mutant, row

OBJECTS = (Outcome.HOLD, "G18.custody_controls_required")
WAITS = (Outcome.HOLD, "G18.custody_controls_required")
CASES = [
    Case(
        "facts",
        (
            row(facts=RowFact.LEAVES_CUSTODY),
            row(Kind.REDEEM, facts=RowFact.LEAVES_CUSTODY),
            row(),
            row(facts=RowFact.LEAVES_CUSTODY | RowFact.CUSTODY_APPROVED),
            row(facts=RowFact.CUSTODY_APPROVED),
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
    ("RowFact.LEAVES_CUSTODY", "RowFact.CROSS_BORDER"),
    ("RowFact.CUSTODY_APPROVED", "RowFact.LEAVES_CUSTODY"),
    ("or not rule.flag", "or rule.flag"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_guardrail_answers_as_the_rule_says(case: Case) -> None:
    assert case.given(g18_custody.CONTROL) == list(case.expected)


@pytest.mark.parametrize(("old", "new"), MUTANTS)
def test_a_planted_fault_is_noticed(old: str, new: str) -> None:
    assert not all(case.holds(mutant(g18_custody, old, new)) for case in CASES)
