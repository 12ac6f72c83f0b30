"""G30: an unexplained difference pauses the firm a microsecond past its age."""

from __future__ import annotations

from sandrail.controls import BreakClosed, BreakOpened, Outcome
from sandrail.controls.guardrails import g30_reconciliation
from sandrail.world import HOUR_US
from tests.makers.desk import START_US
from tests.makers.firm import ALL_ENTRIES, PAUSE_FIRM, FirmCase, firm_tests, stop_cases
from tests.makers.gate import gate_tests

AGE = "G30.break_age_max"
PAUSED = ((PAUSE_FIRM, AGE),)
AT_AGE_US = START_US + HOUR_US


def opened(minor: int, case: str = "B1") -> BreakOpened:
    return BreakOpened(at_us=START_US, case=case, between="ledger and bank", minor=minor)


CLOSED = BreakClosed(at_us=START_US, case="B1", because="a late booking")
CASES = [
    FirmCase("none", (), at_us=AT_AGE_US + 1),
    FirmCase("at the age", (opened(1),), at_us=AT_AGE_US),
    FirmCase("a microsecond older", (opened(1),), PAUSED, at_us=AT_AGE_US + 1, says="PKR 0.01"),
    FirmCase("missing counts like surplus", (opened(-1),), PAUSED, at_us=AT_AGE_US + 1),
    FirmCase("of nothing", (opened(0),), at_us=AT_AGE_US + 1),
    FirmCase("explained", (opened(1), CLOSED), at_us=AT_AGE_US + 1),
    FirmCase("one of two", (opened(1), opened(1, "B2"), CLOSED), PAUSED, at_us=AT_AGE_US + 1),
]
MUTANTS = [
    ("+ int(age.inclusive)", ""),
    ("+ int(age.inclusive)", "+ 2"),
    ("abs(one.minor), major", "one.minor, major"),
    ("one.at_us <= closed_us.get(one.case, one.at_us - 1) or small", "small"),
    ("closed_us.get(one.case, one.at_us - 1) or small", "closed_us.get(one.case, one.at_us - 1)"),
    ("scope=Effect.PAUSE_FIRM", "scope=None"),
]
GATE_CASES = stop_cases(AGE, Outcome.HOLD, ALL_ENTRIES)
GATE_MUTANTS = [("stops(setting, AGE, ENTRIES)", "stops(setting, SIZE, ENTRIES)")]
test_answers, test_words, test_planted_faults = firm_tests(g30_reconciliation, CASES, MUTANTS)
test_gate, test_gate_faults = gate_tests(g30_reconciliation, GATE_CASES, GATE_MUTANTS)
