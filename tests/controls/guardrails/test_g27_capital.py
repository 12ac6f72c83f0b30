"""G27: capital below what was permitted pauses the firm."""

from __future__ import annotations

from sandrail.controls import CapitalReported, Outcome
from sandrail.controls.guardrails import g27_capital
from tests.makers.desk import START_US
from tests.makers.firm import (
    ALL_ENTRIES,
    PAUSE_FIRM,
    PKR,
    WARN,
    FirmCase,
    firm_tests,
    stop_cases,
)
from tests.makers.gate import gate_tests

SHARE, AMOUNT = "G27.deposit_share_min", "G27.capital_min"


def capital(paid: int, deposited: int) -> CapitalReported:
    return CapitalReported(at_us=START_US, paid_up_minor=paid, deposited_minor=deposited)


LOW = capital(1_000 * PKR, 300 * PKR - 1)
CASES = [
    FirmCase("never told", (), ((WARN, SHARE), (WARN, AMOUNT)), says="still counts"),
    FirmCase("at both limits", (capital(1_000 * PKR, 300 * PKR),)),
    FirmCase("a paisa less deposited", (LOW,), ((PAUSE_FIRM, SHARE),), says="29 percent"),
    FirmCase(
        "a paisa less capital", (capital(1_000 * PKR - 1, 300 * PKR),), ((PAUSE_FIRM, AMOUNT),)
    ),
    FirmCase("none", (capital(0, 0),), ((PAUSE_FIRM, SHARE), (PAUSE_FIRM, AMOUNT))),
    FirmCase("put right", (LOW, capital(1_000 * PKR, 300 * PKR))),
]
MUTANTS = [
    ("_PERCENT * told.deposited_minor", "_PERCENT * (told.deposited_minor + 1)"),
    ("_PERCENT * told.deposited_minor", "_PERCENT * (told.deposited_minor - 1)"),
    ("Fraction(told.paid_up_minor, major)", "Fraction(told.paid_up_minor + 1, major)"),
    ("scope=Effect.PAUSE_FIRM", "scope=None"),
    ("if not told:", "if told:"),
]
GATE_CASES = [
    *stop_cases(SHARE, Outcome.BLOCK, ALL_ENTRIES),
    *stop_cases(AMOUNT, Outcome.BLOCK, ALL_ENTRIES),
]
GATE_MUTANTS = [
    ("stops(setting, rule, ENTRIES)", "stops(setting, rule, 1)"),
    ("for rule in RULES for", "for rule in RULES[:1] for"),
]
test_answers, test_words, test_planted_faults = firm_tests(g27_capital, CASES, MUTANTS)
test_gate, test_gate_faults = gate_tests(g27_capital, GATE_CASES, GATE_MUTANTS)
