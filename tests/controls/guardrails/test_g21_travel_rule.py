"""G21: above the line data travel along; splitting a sum does not help; complete data exempt."""

from __future__ import annotations

import pytest

from sandrail.controls import TRAVEL_DATA_COMPLETE, Kind, Outcome, RowFact
from sandrail.controls.guardrails import g21_travel_rule
from tests.makers.desk import condition
from tests.makers.gate import PASSES, PKR, Case, mutant, row

OWES = (Outcome.HOLD, "G21.travel_rule_above")
WARNS = (Outcome.WARN, "G21.travel_rule_warn_above")
LINE = condition("G21.travel_rule_above", "50000", "PKR")
HALF = int(RowFact.ORIGINATOR_COMPLETE)
ALL = int(TRAVEL_DATA_COMPLETE)
CASES = [
    Case(
        "linked transfers add up, and with data they pass",
        (
            row(value=30_000 * PKR),
            row(value=20_000 * PKR),
            row(value=1),
            row(value=1, facts=HALF),
            row(value=1, facts=ALL),
            row(value=1, debtor=2),
        ),
        (PASSES, PASSES, OWES, OWES, PASSES, PASSES),
        conditions=(LINE,),
    ),
    Case(
        "buying and leaving are no transfer between people",
        (row(Kind.ISSUE, value=60_000 * PKR), row(Kind.REDEEM, value=60_000 * PKR)),
        (PASSES, PASSES),
        conditions=(LINE,),
    ),
    Case("the international line warns", (row(value=280_000 * PKR + 1),), (WARNS,)),
]
MUTANTS = [
    ("inclusive=not rule.inclusive", "inclusive=rule.inclusive"),
    ("Measure.WINDOW_SUM", "Measure.VALUE"),
    ("unless=int(TRAVEL_DATA_COMPLETE)", "unless=1"),
    ("unless=int(TRAVEL_DATA_COMPLETE)", "unless=0"),
    ("Window(window_us, MOVES_BETWEEN_CUSTOMERS)", "Window(window_us, 0)"),
    ("(LINE, WARN_LINE):", "(LINE,):"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_guardrail_answers_as_the_rule_says(case: Case) -> None:
    assert case.given(g21_travel_rule.CONTROL) == list(case.expected)


@pytest.mark.parametrize(("old", "new"), MUTANTS)
def test_a_planted_fault_is_noticed(old: str, new: str) -> None:
    assert not all(case.holds(mutant(g21_travel_rule, old, new)) for case in CASES)
