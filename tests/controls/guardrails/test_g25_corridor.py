"""G25: a border is crossed with consent and along an open corridor."""

from __future__ import annotations

import pytest

from sandrail.controls import Kind, Outcome, RowFact
from sandrail.controls.guardrails import g25_corridor
from tests.makers.gate import PASSES, Case, mutant, row

CONSENT = (Outcome.BLOCK, "G25.central_bank_consent_required")
CLOSED = (Outcome.BLOCK, "G25.corridors_allowed")
WAITS = (Outcome.HOLD, "G25.central_bank_consent_required")
BORDER, AGREED = RowFact.CROSS_BORDER, RowFact.FX_CONSENT
CASES = [
    Case(
        "facts",
        (
            row(),
            row(Kind.REMIT, facts=BORDER),
            row(Kind.REMIT, facts=BORDER | AGREED),
            row(Kind.REMIT, facts=BORDER | AGREED | RowFact.CORRIDOR_CLOSED),
            row(Kind.OFF_RAMP, facts=BORDER),
            row(facts=RowFact.CORRIDOR_CLOSED),
        ),
        (PASSES, CONSENT, PASSES, CLOSED, WAITS, PASSES),
    ),
]
MUTANTS = [
    ("RowFact.CROSS_BORDER, RowFact.FX_CONSENT", "RowFact.FX_CONSENT, RowFact.CROSS_BORDER"),
    ("RowFact.CROSS_BORDER | RowFact.CORRIDOR_CLOSED", "RowFact.CROSS_BORDER"),
    ("RowFact.CROSS_BORDER | RowFact.CORRIDOR_CLOSED", "RowFact.CORRIDOR_CLOSED"),
    ("consent is not None and consent.flag", "False"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_guardrail_answers_as_the_rule_says(case: Case) -> None:
    assert case.given(g25_corridor.CONTROL) == list(case.expected)


@pytest.mark.parametrize(("old", "new"), MUTANTS)
def test_a_planted_fault_is_noticed(old: str, new: str) -> None:
    assert not all(case.holds(mutant(g25_corridor, old, new)) for case in CASES)
