"""G26: cash above the line and suspicion are reported in time."""

from __future__ import annotations

from sandrail.controls import NO_DAY, CashTaken, SuspicionRaised
from sandrail.controls.guardrails import g26_reports
from sandrail.world import DAY_US, parse_instant
from tests.makers.desk import START_US
from tests.makers.firm import PKR, REPORT, FirmCase, firm_tests

LINE = 2_000_000 * PKR
OWED = ((REPORT, "G26.cash_report_above"),)


def cash(minor: int, *, customer: str = "C1", days: int = 0) -> CashTaken:
    at_us = START_US + days * DAY_US
    return CashTaken(at_us=at_us, customer=customer, minor=minor, incoming=True)


CASES = [
    FirmCase("nothing", ()),
    FirmCase("one below", (cash(LINE - 1),)),
    FirmCase("at the line, which is included", (cash(LINE),), OWED, says="PKR 2,000,000.00"),
    FirmCase("split on one day", (cash(LINE - 1), cash(1)), OWED),
    FirmCase("reported once a day", (cash(LINE), cash(LINE)), OWED),
    FirmCase("on two days", (cash(LINE - 1), cash(1, days=1)), at_us=START_US + DAY_US),
    FirmCase("of two customers", (cash(LINE - 1), cash(1, customer="C2"))),
    FirmCase(
        "suspicion",
        (SuspicionRaised(at_us=START_US, case="S1"),),
        ((REPORT, "G26.suspicious_report_promptly"),),
        says="S1",
    ),
]
MUTANTS = [
    ("before + cash.minor", "cash.minor"),
    ("key = (cash.customer, day_of", 'key = ("", day_of'),
    ("day_of(setting.pack, cash.at_us))", "day_of(setting.pack, 0))"),
    ("line.crossed_by(Fraction(before, major)) or ", ""),
    ("Fraction(total, major)", "Fraction(total + 1, major)"),
    ("Fraction(total, major)", "Fraction(total - 1, major)"),
    ("promptly is not None", "promptly is None"),
]
test_answers, test_words, test_planted_faults = firm_tests(g26_reports, CASES, MUTANTS)


def test_a_cash_report_has_seven_working_days_and_suspicion_has_no_day() -> None:
    (report,) = CASES[2].given(g26_reports.FIRM)
    # 1 June and seven working days, no holiday between: the 10th, whole.
    assert report.due_us == parse_instant("2026-06-11T00:00:00+05:00")
    assert CASES[7].given(g26_reports.FIRM)[0].due_us == NO_DAY
