"""G35: where the notice asks for it, no issue without a ruling."""

from __future__ import annotations

from sandrail.controls import ShariaRuled
from sandrail.controls.guardrails import g35_sharia
from tests.makers.desk import START_US, condition
from tests.makers.firm import (
    WARN,
    FirmCase,
    firm_tests,
    setting,
)
from tests.makers.gate import PASSES, Case, gate_tests, row, snapshot

RULE = "G35.sharia_ruling_required"
ASKED = (condition(RULE, True, "yes_no"),)
MISSING = ((WARN, RULE),)


def ruled(approves: bool, product: str = "art", ruling: str = "F1") -> ShariaRuled:
    return ShariaRuled(at_us=START_US, product=product, ruling=ruling, approves=approves)


CASES = [
    FirmCase("not asked for", ()),
    FirmCase("asked for, none", (), MISSING, conditions=ASKED, says="no ruling on art"),
    FirmCase("for another product", (ruled(True, "other"),), MISSING, conditions=ASKED),
    FirmCase("approved", (ruled(True),), conditions=ASKED),
    FirmCase("not approved", (ruled(False),), MISSING, conditions=ASKED, says="does not approve"),
    FirmCase("approved later", (ruled(False), ruled(True, ruling="F2")), conditions=ASKED),
]
MUTANTS = [
    ("or not rule.flag", "or rule.flag"),
    ("if one.product == product", "if one.product"),
    ("not one.approves", "one.approves"),
    ("if not mine", "if mine"),
]
GATE_CASES = [
    Case(
        "a rule that only warns stops nothing",
        (row(),),
        (PASSES,),
        seen=snapshot(stops={RULE: START_US}),
        setting=setting(*ASKED),
    )
]
test_answers, test_words, test_planted_faults = firm_tests(g35_sharia, CASES, MUTANTS)
test_gate, _ = gate_tests(g35_sharia, GATE_CASES, [])
