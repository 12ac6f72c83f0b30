"""G10: a firm that outgrows the test reports and is looked at."""

from __future__ import annotations

from sandrail.controls.guardrails import g10_transition
from tests.makers.firm import ESCALATE, PKR, REPORT, FirmCase, firm_tests, position

LINE = "G10.aggregate_value_above"
BOTH = ((ESCALATE, LINE), (REPORT, LINE))
CASES = [
    FirmCase("nothing measured", ()),
    FirmCase("one below", (position(900 * PKR - 1),)),
    FirmCase("at the line, which is included", (position(900 * PKR),), BOTH, says="PKR 900.00"),
    FirmCase("still above", (position(900 * PKR), position(901 * PKR)), BOTH),
    FirmCase("below again", (position(900 * PKR), position(899 * PKR))),
]
MUTANTS = [
    ("Fraction(issued, major)", "Fraction(issued - 1, major)"),
    ("Fraction(issued, major)", "Fraction(issued + 1, major)"),
    ("sum(one.issued_minor", "sum(one.reserve_minor - 1"),
    ("{RULE: EVENT}", "{}"),
]
test_answers, test_words, test_planted_faults = firm_tests(g10_transition, CASES, MUTANTS)
