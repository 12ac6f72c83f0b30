"""G03: nothing moves from or to somebody who was never taken on, or who has left."""

from __future__ import annotations

import numpy as np
import pytest

from sandrail.controls import Kind, Outcome, PartyStatus
from sandrail.controls.guardrails import g03_parties
from tests.makers.gate import PASSES, Case, mutant, row, snapshot

STRANGER = (Outcome.BLOCK, "G03.classes_allowed")
STATUS = np.array(
    [PartyStatus.ACTIVE, PartyStatus.ABSENT, PartyStatus.CLOSED, PartyStatus.FROZEN], dtype=np.uint8
)
SEEN = snapshot(party_status=STATUS)
CASES = [
    Case(
        "each side",
        (
            row(debtor=0, creditor=0),
            row(debtor=1, creditor=0),
            row(debtor=0, creditor=1),
            row(debtor=0, creditor=2),
            row(debtor=0, creditor=3),
            row(Kind.ISSUE, debtor=-1, creditor=0),
            row(Kind.REDEEM, debtor=2, creditor=-1),
        ),
        (PASSES, STRANGER, STRANGER, STRANGER, PASSES, PASSES, STRANGER),
        seen=SEEN,
    ),
]
MUTANTS = [
    ("(rows.debtor, rows.creditor)", "(rows.debtor,)"),
    ("(rows.debtor, rows.creditor)", "(rows.creditor,)"),
    ("(parties >= 0) & ~served", "~served"),
    ("PartyStatus.FROZEN", "PartyStatus.CLOSED"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_guardrail_answers_as_the_rule_says(case: Case) -> None:
    assert case.given(g03_parties.CONTROL) == list(case.expected)


@pytest.mark.parametrize(("old", "new"), MUTANTS)
def test_a_planted_fault_is_noticed(old: str, new: str) -> None:
    assert not all(case.holds(mutant(g03_parties, old, new)) for case in CASES)
