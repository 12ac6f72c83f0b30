"""G24: untraceable value does not enter, and waits on its way out."""

from __future__ import annotations

import pytest

from sandrail.controls import Kind, Outcome, RowFact
from sandrail.controls.guardrails import g24_anonymity
from tests.makers.gate import PASSES, Case, mutant, row

OBJECTS = (Outcome.BLOCK, "G24.anonymity_tools_allowed")
WAITS = (Outcome.HOLD, "G24.anonymity_tools_allowed")
CASES = [
    Case(
        "facts",
        (
            row(facts=RowFact.ANONYMITY_ENHANCED),
            row(Kind.REDEEM, facts=RowFact.ANONYMITY_ENHANCED),
            row(),
        ),
        (
            OBJECTS,
            WAITS,
            PASSES,
        ),
    ),
]
MUTANTS = [
    ("RowFact.ANONYMITY_ENHANCED", "RowFact.CROSS_BORDER"),
    ("or rule.flag", "or not rule.flag"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_guardrail_answers_as_the_rule_says(case: Case) -> None:
    assert case.given(g24_anonymity.CONTROL) == list(case.expected)


@pytest.mark.parametrize(("old", "new"), MUTANTS)
def test_a_planted_fault_is_noticed(old: str, new: str) -> None:
    assert not all(case.holds(mutant(g24_anonymity, old, new)) for case in CASES)
