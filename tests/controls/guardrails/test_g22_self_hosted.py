"""G22: a self-hosted wallet is proven first."""

from __future__ import annotations

import pytest

from sandrail.controls import Kind, Outcome, RowFact
from sandrail.controls.guardrails import g22_self_hosted
from tests.makers.gate import PASSES, Case, mutant, row

OBJECTS = (Outcome.HOLD, "G22.self_hosted_monitored")
WAITS = (Outcome.HOLD, "G22.self_hosted_monitored")
CASES = [
    Case(
        "facts",
        (
            row(facts=RowFact.SELF_HOSTED),
            row(Kind.REDEEM, facts=RowFact.SELF_HOSTED),
            row(),
            row(facts=RowFact.SELF_HOSTED | RowFact.OWNERSHIP_PROVEN),
            row(facts=RowFact.OWNERSHIP_PROVEN),
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
    ("RowFact.SELF_HOSTED", "RowFact.CROSS_BORDER"),
    ("RowFact.OWNERSHIP_PROVEN", "RowFact.SELF_HOSTED"),
    ("or not rule.flag", "or rule.flag"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_guardrail_answers_as_the_rule_says(case: Case) -> None:
    assert case.given(g22_self_hosted.CONTROL) == list(case.expected)


@pytest.mark.parametrize(("old", "new"), MUTANTS)
def test_a_planted_fault_is_noticed(old: str, new: str) -> None:
    assert not all(case.holds(mutant(g22_self_hosted, old, new)) for case in CASES)
