"""G32: nothing is announced before it is authorised."""

from __future__ import annotations

from sandrail.controls import ClaimPublished
from sandrail.controls.guardrails import g32_marketing
from tests.makers.desk import START_US
from tests.makers.firm import BLOCK, ESCALATE, FirmCase, firm_tests

EARLY = "G32.announcement_before_authorisation_allowed"
APPROVED = "G32.claims_approved_required"
TOO_EARLY = ((BLOCK, EARLY), (ESCALATE, EARLY))


def claim(at_us: int, *, announces: bool = True, approved: bool = True) -> ClaimPublished:
    return ClaimPublished(at_us=at_us, claim="P1", announces=announces, approved=approved)


CASES = [
    FirmCase("nothing said", ()),
    FirmCase("on the first instant", (claim(START_US),)),
    FirmCase("a microsecond before", (claim(START_US - 1),), TOO_EARLY, says="P1 announced"),
    FirmCase("before, but no announcement", (claim(START_US - 1, announces=False),)),
    FirmCase("not approved", (claim(START_US, approved=False),), ((BLOCK, APPROVED),)),
]
MUTANTS = [
    ("one.at_us < setting", "one.at_us <= setting"),
    ("one.announces and ", ""),
    ("not early.flag", "early.flag"),
    ("not one.approved", "one.approved"),
    ("scope=Effect.BLOCK", "scope=None"),
]
test_answers, test_words, test_planted_faults = firm_tests(g32_marketing, CASES, MUTANTS)
