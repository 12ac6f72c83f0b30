"""G02: many holders make a token one that is watched."""

from __future__ import annotations

from sandrail.controls.guardrails import g02_customers
from tests.makers.firm import ESCALATE, FirmCase, firm_tests, position

LINE = "G02.significant_holders_above"
CASES = [
    FirmCase("nothing measured", ()),
    FirmCase("at the line", (position(0, customers=1_000),)),
    FirmCase("one above", (position(0, customers=1_001),), ((ESCALATE, LINE),), says="1,001"),
    FirmCase("below again", (position(0, customers=1_001), position(0, customers=1_000))),
]
MUTANTS = [
    ("Fraction(taken.customers)", "Fraction(taken.customers - 1)"),
    ("Fraction(taken.customers)", "Fraction(taken.customers + 1)"),
    ('{SIGNIFICANT: ""}', "{}"),
]
test_answers, test_words, test_planted_faults = firm_tests(g02_customers, CASES, MUTANTS)
