"""G20: a listed wallet gets nothing, what it sent is set aside, an exposed one waits."""

from __future__ import annotations

import pytest

from sandrail.controls import Kind, Outcome, RowFact
from sandrail.controls.guardrails import g20_addresses
from tests.makers.gate import PASSES, Case, mutant, row

BLOCKS = (Outcome.BLOCK, "G20.tagged_categories")
SET_ASIDE = (Outcome.HOLD, "G20.tagged_categories")
WAITS = (Outcome.HOLD, "G20.chain_analytics_required")
CASES = [
    Case(
        "facts",
        (
            row(facts=RowFact.ADDRESS_LISTED),
            row(Kind.REDEEM, facts=RowFact.ADDRESS_LISTED),
            row(),
            row(facts=RowFact.ADDRESS_EXPOSED),
            row(Kind.OFF_RAMP, facts=RowFact.ADDRESS_EXPOSED),
            row(facts=RowFact.FROM_LISTED),
            row(Kind.SETTLE, facts=RowFact.FROM_LISTED),
        ),
        (BLOCKS, SET_ASIDE, PASSES, WAITS, WAITS, SET_ASIDE, PASSES),
    ),
]
MUTANTS = [
    ("RowFact.ADDRESS_LISTED", "RowFact.CROSS_BORDER"),
    ("RowFact.ADDRESS_EXPOSED", "RowFact.ADDRESS_LISTED"),
    ("RowFact.FROM_LISTED", "RowFact.ADDRESS_LISTED"),
    ("or not rule.flag", "or rule.flag"),
    ("listed = RULE if tagged is None else TAGGED", "listed = RULE"),
    ("Outcome.HOLD, GATED", "Outcome.BLOCK, GATED"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_guardrail_answers_as_the_rule_says(case: Case) -> None:
    assert case.given(g20_addresses.CONTROL) == list(case.expected)


@pytest.mark.parametrize(("old", "new"), MUTANTS)
def test_a_planted_fault_is_noticed(old: str, new: str) -> None:
    assert not all(case.holds(mutant(g20_addresses, old, new)) for case in CASES)
