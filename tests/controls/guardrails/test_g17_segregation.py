"""G17: customers' money on accounts of its own, before the first rupee."""

from __future__ import annotations

from sandrail.controls import Outcome
from sandrail.controls.guardrails import g17_segregation
from tests.makers.desk import START_US, client_account
from tests.makers.firm import MONEY_IN, PAUSE_ISSUE, FirmCase, firm_tests, stop_cases
from tests.makers.gate import gate_tests

APART, INTEREST = "G17.segregated_accounts_required", "G17.interest_allowed"
GOOD = client_account(START_US)
MIXED = client_account(START_US, segregated=False)
EARNING = client_account(START_US, interest_bearing=True)
OTHER = client_account(START_US, account="2")
CASES = [
    FirmCase("never told", (), ((PAUSE_ISSUE, APART),), says="No account"),
    FirmCase("as it should be", (GOOD,)),
    FirmCase("mixed", (MIXED,), ((PAUSE_ISSUE, APART),), says="other money"),
    FirmCase("earning", (EARNING,), ((PAUSE_ISSUE, INTEREST),), says="earns interest"),
    FirmCase("put right", (MIXED, GOOD)),
    FirmCase("another account in order", (MIXED, OTHER), ((PAUSE_ISSUE, APART),)),
]
MUTANTS = [
    ("and not told:", "and told:"),
    ("not one.segregated", "one.segregated"),
    ("lambda one: one.interest_bearing", "lambda one: not one.interest_bearing"),
    ("if one.account == account", "if one.account"),
]
GATE_CASES = [
    *stop_cases(APART, Outcome.BLOCK, MONEY_IN),
    *stop_cases(INTEREST, Outcome.BLOCK, MONEY_IN),
]
GATE_MUTANTS = [
    ("mask(Kind.ISSUE, Kind.ON_RAMP)", "mask(Kind.ISSUE)"),
    ("for rule in RULES for", "for rule in RULES[:1] for"),
]
test_answers, test_words, test_planted_faults = firm_tests(g17_segregation, CASES, MUTANTS)
test_gate, test_gate_faults = gate_tests(g17_segregation, GATE_CASES, GATE_MUTANTS)


def test_what_is_only_missing_ends_with_the_report_and_what_is_wrong_does_not() -> None:
    missing = CASES[0].given(g17_segregation.FIRM)[0]
    wrong = CASES[2].given(g17_segregation.FIRM)[0]
    assert (missing.lasting, wrong.lasting) == (False, True)
