"""G33: a record stays until the longest law lets it go."""

from __future__ import annotations

from sandrail.controls import DeletionAsked
from sandrail.controls.guardrails import g33_retention
from sandrail.world import parse_instant
from tests.makers.firm import BLOCK, FirmCase, firm_tests

KEPT = ((BLOCK, "G33.retention_min"),)
MADE_US = parse_instant("2026-06-01T09:00:00+05:00")
# Seven years by one law, ten by the other: kept to the end of 1 June 2036.
OVER_US = parse_instant("2036-06-02T00:00:00+05:00")


def case(name: str, at_us: int, made_us: int, *expected: object, says: str = "") -> FirmCase:
    told = DeletionAsked(at_us=at_us, record="R1", recorded_us=made_us)
    return FirmCase(name, (told,), expected, at_us=at_us, says=says)  # type: ignore[arg-type]


CASES = [
    FirmCase("nobody asked", ()),
    case("at once", MADE_US, MADE_US, *KEPT, says="until 2036-06-01"),
    case("the last microsecond", OVER_US - 1, MADE_US, *KEPT),
    case("in time", OVER_US, MADE_US),
    case("nobody knows how old", OVER_US, 0, *KEPT),
    case("made in the future", OVER_US, OVER_US + 1, *KEPT),
]
MUTANTS = [
    ("one.at_us >= until_us", "one.at_us > until_us"),
    ("one.at_us >= until_us", "one.at_us >= until_us - 1"),
    ("0 < one.recorded_us <= one.at_us", "one.recorded_us <= one.at_us"),
    ("scope=Effect.BLOCK", "scope=None"),
]
test_answers, test_words, test_planted_faults = firm_tests(g33_retention, CASES, MUTANTS)
