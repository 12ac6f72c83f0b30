"""The emergency stop: entries stop at once, exits go on."""

from __future__ import annotations

import pytest

from sandrail.controls import Kind, Outcome
from sandrail.controls.guardrails import stop
from tests.makers.gate import PASSES, Case, mutant, row, snapshot

STOPPED = (Outcome.BLOCK, "STOP.firm_paused")
CASES = [
    Case(
        "stopped",
        (row(Kind.ISSUE), row(Kind.TRANSFER), row(Kind.REDEEM), row(Kind.OFF_RAMP)),
        (STOPPED, STOPPED, PASSES, PASSES),
        seen=snapshot(paused=True),
    ),
    Case("running", (row(Kind.TRANSFER),), (PASSES,)),
]
MUTANTS = [
    ("snapshot.paused", "False"),
    ("snapshot.paused", "True"),
    ("STOP, Outcome.BLOCK, ENTRIES", "STOP, Outcome.BLOCK, ENTRIES | 8"),
    ("Outcome.BLOCK, ENTRIES", "Outcome.HOLD, ENTRIES"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_guardrail_answers_as_the_rule_says(case: Case) -> None:
    assert case.given(stop.CONTROL) == list(case.expected)


@pytest.mark.parametrize(("old", "new"), MUTANTS)
def test_a_planted_fault_is_noticed(old: str, new: str) -> None:
    assert not all(case.holds(mutant(stop, old, new)) for case in CASES)
