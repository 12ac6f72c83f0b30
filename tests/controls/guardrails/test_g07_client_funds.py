"""G07: all customers together, counted as money comes in and goes out."""

from __future__ import annotations

from sandrail.controls import Kind, Outcome
from sandrail.controls.guardrails import g07_client_funds
from tests.makers.desk import condition
from tests.makers.firm import (
    PAUSE_ONBOARDING,
    WARN,
    FirmCase,
    firm_tests,
    position,
)
from tests.makers.gate import PASSES, PKR, Case, gate_tests, row

OVER = (Outcome.BLOCK, "G07.client_funds_max")
LIMIT = condition("G07.client_funds_max", "1000", "PKR")
CASES = [
    Case(
        "together",
        (
            row(Kind.ISSUE, value=700 * PKR, creditor=0),
            row(Kind.ISSUE, value=300 * PKR + 1, creditor=1),
            row(Kind.TRANSFER, value=700 * PKR),
            row(Kind.REDEEM, value=1),
            row(Kind.ISSUE, value=300 * PKR + 1, creditor=1),
        ),
        (PASSES, OVER, PASSES, PASSES, (Outcome.WARN, "G07.client_funds_max")),
        conditions=(LIMIT,),
    ),
]
MUTANTS = [
    ("inclusive=rule.inclusive", "inclusive=False"),
    ("limit = setting.minor(rule)", "limit = setting.minor(rule) + 1"),
    ("Measure.CLIENT_FUNDS", "Measure.VALUE"),
    ("mask(Kind.ISSUE, Kind.ON_RAMP)", "mask(Kind.ISSUE, Kind.ON_RAMP, Kind.TRANSFER)"),
]


FULL = (PAUSE_ONBOARDING, "G07.client_funds_max")
NEAR = (WARN, "G07.client_funds_max")
FIRM_CASES = [
    FirmCase("nothing measured", (), conditions=(LIMIT,)),
    FirmCase("below the warning", (position(800 * PKR - 1),), conditions=(LIMIT,)),
    FirmCase("at the warning", (position(800 * PKR),), (NEAR,), conditions=(LIMIT,)),
    FirmCase("one unit left", (position(1_000 * PKR - 1),), (NEAR,), conditions=(LIMIT,)),
    FirmCase(
        "full", (position(1_000 * PKR),), (FULL, NEAR), conditions=(LIMIT,), says="PKR 1,000.00"
    ),
    FirmCase(
        "room again", (position(1_000 * PKR), position(999 * PKR)), (NEAR,), conditions=(LIMIT,)
    ),
]
FIRM_MUTANTS = [
    (">= most", "> most"),
    ("scope=Effect.PAUSE_ONBOARDING", "scope=None"),
    ("limit if rule.inclusive else limit - 1", "limit - 1"),
    (">= setting.warn_at(rule, limit)", "> setting.warn_at(rule, limit)"),
]
test_gate, test_gate_faults = gate_tests(g07_client_funds, CASES, MUTANTS)
test_answers, test_words, test_planted_faults = firm_tests(
    g07_client_funds, FIRM_CASES, FIRM_MUTANTS
)
