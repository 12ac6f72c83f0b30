"""G15: in time and in full, on a clock that needs nobody."""

from __future__ import annotations

from sandrail.controls import (
    Outcome,
    RedemptionPaidShort,
    RedemptionsAsked,
    RedemptionsPaid,
)
from sandrail.controls.guardrails import g15_redemption
from sandrail.world import DAY_US, parse_instant
from tests.makers.desk import START_US
from tests.makers.firm import (
    ESCALATE,
    ISSUES,
    PAUSE_ISSUE,
    REPORT,
    FirmCase,
    firm_tests,
    stop_cases,
)
from tests.makers.gate import gate_tests

TIME, PAR = "G15.redemption_days_max", "G15.redemption_at_par"
LATE = ((ESCALATE, TIME), (REPORT, TIME))
# Asked on Monday 1 June: the next working day ends at midnight after Tuesday.
OVER_US = parse_instant("2026-06-03T00:00:00+05:00")
FRIDAY_US = START_US + 4 * DAY_US
MONDAY_OVER_US = parse_instant("2026-06-09T00:00:00+05:00")
ASKED = RedemptionsAsked(at_us=START_US, refs=("R1", "R2"))
PAID = RedemptionsPaid(at_us=START_US, refs=("R1",))


def short(paid: int) -> RedemptionPaidShort:
    return RedemptionPaidShort(at_us=START_US, ref="R1", due_minor=100, paid_minor=paid)


CASES = [
    FirmCase("nobody asked", (), at_us=OVER_US),
    FirmCase("the last microsecond", (ASKED,), at_us=OVER_US - 1),
    FirmCase("too late", (ASKED,), LATE + LATE, at_us=OVER_US, says="R1 was asked for"),
    FirmCase("one of two paid", (ASKED, PAID), LATE, at_us=OVER_US, says="R2"),
    FirmCase(
        "a weekend does not count",
        (RedemptionsAsked(at_us=FRIDAY_US, refs=("R3",)),),
        at_us=MONDAY_OVER_US - 1,
    ),
    FirmCase(
        "after the weekend",
        (RedemptionsAsked(at_us=FRIDAY_US, refs=("R3",)),),
        LATE,
        at_us=MONDAY_OVER_US,
    ),
    FirmCase("paid in full", (short(100),)),
    FirmCase("a paisa short", (short(99),), ((PAUSE_ISSUE, PAR),), says="owed PKR 1.00"),
]
MUTANTS = [
    ("if ref not in paid", "if ref in paid"),
    ("ends_us(setting, rule, asked.at_us)", "ends_us(setting, rule, asked.at_us) - 1"),
    ("ends_us(setting, rule, asked.at_us)", "ends_us(setting, rule, asked.at_us) + 1"),
    ("one.paid_minor >= one.due_minor", "one.paid_minor >= one.due_minor - 1"),
    ("one.paid_minor >= one.due_minor", "one.paid_minor > one.due_minor"),
]
GATE_CASES = stop_cases(PAR, Outcome.BLOCK, ISSUES)
GATE_MUTANTS = [
    ("(TIME, PAR) for test", "(TIME,) for test"),
    ("mask(Kind.ISSUE)", "mask(Kind.REDEEM)"),
]
test_answers, test_words, test_planted_faults = firm_tests(g15_redemption, CASES, MUTANTS)
test_gate, test_gate_faults = gate_tests(g15_redemption, GATE_CASES, GATE_MUTANTS)
