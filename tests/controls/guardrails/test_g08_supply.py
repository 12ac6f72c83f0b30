"""G08: units in issue, and room again after a redemption."""

from __future__ import annotations

from sandrail.controls import Kind, Outcome
from sandrail.controls.guardrails import g08_supply
from tests.makers.desk import condition
from tests.makers.firm import REPORT, FirmCase, firm_tests, position
from tests.makers.gate import PASSES, PKR, Case, gate_tests, row

OVER = (Outcome.BLOCK, "G08.issued_supply_max")
LIMIT = condition("G08.issued_supply_max", "1000", "PKR")
CASES = [
    Case(
        "in issue",
        (
            row(Kind.ISSUE, value=1_000 * PKR),
            row(Kind.ISSUE, value=1),
            row(Kind.TRANSFER, value=5_000 * PKR),
            row(Kind.REDEEM, value=2),
            row(Kind.ISSUE, value=2),
        ),
        (PASSES, OVER, PASSES, PASSES, PASSES),
        conditions=(LIMIT,),
    ),
]
MUTANTS = [
    ("inclusive=rule.inclusive", "inclusive=False"),
    ("setting.minor(rule)", "setting.minor(rule) + 1"),
    ("Measure.SUPPLY", "Measure.HOLDING"),
    ("kinds=mask(Kind.ISSUE)", "kinds=mask(Kind.TRANSFER)"),
]


LINE = "G08.quarterly_report_above"
FIRM_CASES = [
    FirmCase("nothing measured", ()),
    FirmCase("at the line", (position(100 * PKR),)),
    FirmCase("one above", (position(100 * PKR + 1),), ((REPORT, LINE),), says="PKR 100.01"),
    FirmCase("below again", (position(100 * PKR + 1), position(100 * PKR))),
]
FIRM_MUTANTS = [
    ("Fraction(issued, major)", "Fraction(issued - 1, major)"),
    ("Fraction(issued, major)", "Fraction(issued + 1, major)"),
    ('"G08.quarterly_report_above": "", ', ""),
]
test_gate, test_gate_faults = gate_tests(g08_supply, CASES, MUTANTS)
test_answers, test_words, test_planted_faults = firm_tests(g08_supply, FIRM_CASES, FIRM_MUTANTS)
