"""G14: not a unit without its reserve, and not a unit past the gate."""

from __future__ import annotations

from sandrail.controls import Kind, Outcome, SupplyCounted
from sandrail.controls.guardrails import g14_matching
from tests.makers.desk import START_US
from tests.makers.firm import ISSUES, PAUSE_ISSUE, FirmCase, firm_tests, stop_cases
from tests.makers.gate import PASSES, Case, gate_tests, row

RULE = "G14.mint_matches_reserve"
PAUSED = ((PAUSE_ISSUE, RULE),)


def counted(outside: int, recorded: int, asset: str = "PKRT") -> SupplyCounted:
    return SupplyCounted(
        at_us=START_US, asset=asset, outside_units=outside, recorded_units=recorded
    )


CASES = [
    FirmCase("never counted", ()),
    FirmCase("equal", (counted(100, 100),)),
    FirmCase("one unit from nowhere", (counted(101, 100),), PAUSED, says="101 units of PKRT"),
    FirmCase("one unit gone", (counted(99, 100),), PAUSED),
    FirmCase("explained", (counted(101, 100), counted(101, 101))),
    FirmCase("another asset does not explain it", (counted(101, 100), counted(5, 5, "X")), PAUSED),
]
MUTANTS = [
    ("one.outside_units != one.recorded_units", "one.outside_units > one.recorded_units"),
    ("one.outside_units != one.recorded_units", "one.outside_units < one.recorded_units"),
    ("if one.asset == asset", "if one.asset"),
    ("scope=Effect.PAUSE_ISSUE", "scope=None"),
]
GATE_CASES = [
    Case(
        "to the unit",
        (row(Kind.ISSUE, value=100), row(Kind.ISSUE, value=1), row(value=500)),
        (PASSES, (Outcome.BLOCK, RULE), PASSES),
        cover=100,
    ),
    Case("no reserve was ever attested", (row(Kind.ISSUE),), ((Outcome.BLOCK, RULE),), cover=0),
    Case("an exit", (row(Kind.REDEEM), row(Kind.OFF_RAMP)), (PASSES, PASSES), cover=0),
    *stop_cases(RULE, Outcome.BLOCK, ISSUES),
]
GATE_MUTANTS = [
    ("Measure.RESERVE", "Measure.HOLDING"),
    ("kinds=mask(Kind.ISSUE)", "kinds=mask(Kind.TRANSFER)"),
    ("*stops(setting, RULE, mask(Kind.ISSUE)), backed", "backed,"),
    ("or not rule.flag", "or rule.flag"),
]
test_answers, test_words, test_planted_faults = firm_tests(g14_matching, CASES, MUTANTS)
test_gate, test_gate_faults = gate_tests(g14_matching, GATE_CASES, GATE_MUTANTS)
