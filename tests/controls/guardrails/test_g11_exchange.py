"""G11: number and value together, as an average over the whole quarter, stop the issue."""

from __future__ import annotations

from sandrail.controls import Outcome, Usage
from sandrail.controls.guardrails import g11_exchange
from tests.makers.desk import START_US
from tests.makers.firm import (
    ESCALATE,
    ISSUES,
    PAUSE_ISSUE,
    PKR,
    REPORT,
    FirmCase,
    firm_tests,
    stop_cases,
)
from tests.makers.gate import gate_tests

COUNT, VALUE = "G11.daily_count_max", "G11.daily_value_max"
DAYS = 91
STOPPED = ((PAUSE_ISSUE, COUNT), (REPORT, COUNT))


def used(count: int, minor: int) -> Usage:
    return Usage("2026-Q2", DAYS, count, minor, START_US)


def case(name: str, count: int, minor: int, *expected: tuple[object, str]) -> FirmCase:
    return FirmCase(name, (), expected, usage=used(count, minor))  # type: ignore[arg-type]


CASES = [
    FirmCase("nothing paid", ()),
    case("both at the cap", 2 * DAYS, 10 * PKR * DAYS),
    case("only the number passed", 2 * DAYS + 1, 10 * PKR * DAYS),
    case("only the value passed", 2 * DAYS, 10 * PKR * DAYS + 1),
    case("both passed by one", 2 * DAYS + 1, 10 * PKR * DAYS + 1, *STOPPED),
    case("a busy token", 5 * DAYS + 1, 0, (ESCALATE, "G11.significant_count_above")),
    FirmCase(
        "before it happened",
        (),
        usage=used(2 * DAYS + 1, 10 * PKR * DAYS + 1),
        at_us=START_US - 1,
    ),
]
MUTANTS = [
    ("passed == caps", "passed"),
    ("Fraction(usage.count, usage.days)", "Fraction(usage.count - 1, usage.days)"),
    ("Fraction(usage.count, usage.days)", "Fraction(usage.count, usage.days - 1)"),
    ("usage.days * 10**", "usage.days * 10 * 10**"),
    ("Effect.PAUSE_ISSUE if rule in caps else None", "None"),
    (
        "caps = [rule for rule in map(setting.rule, CAPS)",
        "caps = [rule for rule in map(setting.rule, CAPS[:1])",
    ),
]
GATE_CASES = [
    *stop_cases(COUNT, Outcome.BLOCK, ISSUES),
    *stop_cases(VALUE, Outcome.BLOCK, ISSUES),
]
GATE_MUTANTS = [
    ("mask(Kind.ISSUE)", "mask(Kind.TRANSFER)"),
    ("for cap in CAPS", "for cap in LINES"),
]
test_answers, test_words, test_planted_faults = firm_tests(g11_exchange, CASES, MUTANTS)
test_gate, test_gate_faults = gate_tests(g11_exchange, GATE_CASES, GATE_MUTANTS)
