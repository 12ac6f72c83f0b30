"""G16: minting stops at the instant an attestation is late, with nobody looking."""

from __future__ import annotations

from sandrail.controls import AttestationMade, Outcome
from sandrail.controls.guardrails import g16_attestation
from sandrail.world import DAY_US, parse_instant
from tests.makers.desk import START_US
from tests.makers.firm import ISSUES, PAUSE_ISSUE, FirmCase, firm_tests, stop_cases
from tests.makers.gate import gate_tests

RULE = "G16.attestation_months_max"
LATE = ((PAUSE_ISSUE, RULE),)
# Permitted on 1 June: the first period ends with 1 July.
OVER_US = parse_instant("2026-07-02T00:00:00+05:00")
NEXT_OVER_US = parse_instant("2026-07-12T00:00:00+05:00")


def attested(days: int) -> AttestationMade:
    return AttestationMade(at_us=START_US + days * DAY_US, by="auditor", evidence="00" * 32)


CASES = [
    FirmCase("the last microsecond", (), at_us=OVER_US - 1),
    FirmCase("never attested", (), LATE, at_us=OVER_US, says="last permitted on 2026-06-01"),
    FirmCase("attested in time", (attested(10),), at_us=OVER_US),
    FirmCase("the next period's last microsecond", (attested(10),), at_us=NEXT_OVER_US - 1),
    FirmCase("late the next time", (attested(10),), LATE, at_us=NEXT_OVER_US, says="2026-06-11"),
    FirmCase("an older one told later", (attested(10), attested(5)), at_us=NEXT_OVER_US - 1),
]
MUTANTS = [
    ("max(made,", "min(made,"),
    ("ends_us(setting, rule, last_us)", "ends_us(setting, rule, last_us) - 1"),
    ("ends_us(setting, rule, last_us)", "ends_us(setting, rule, last_us) + 1"),
    ("scope=Effect.PAUSE_ISSUE", "scope=None"),
]
GATE_CASES = stop_cases(RULE, Outcome.BLOCK, ISSUES)
GATE_MUTANTS = [("mask(Kind.ISSUE)", "mask(Kind.ISSUE, Kind.REDEEM)")]
test_answers, test_words, test_planted_faults = firm_tests(g16_attestation, CASES, MUTANTS)
test_gate, test_gate_faults = gate_tests(g16_attestation, GATE_CASES, GATE_MUTANTS)
