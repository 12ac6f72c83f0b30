"""G19: a hit freezes either side, doubt waits, and stale lists fail closed."""

from __future__ import annotations

import numpy as np
import pytest

from sandrail.controls import Kind, Outcome, Screen, Snapshot
from sandrail.controls.guardrails import g19_sanctions
from sandrail.world import DAY_US
from tests.makers.desk import START_US
from tests.makers.gate import PASSES, Case, mutant, row, snapshot

HIT = (Outcome.FREEZE, "G19.lists")
WAITS = (Outcome.HOLD, "G19.lists")
OLD = (Outcome.HOLD, "G19.list_age_max")


def screened(*screens: Screen) -> Snapshot:
    return snapshot(party_screen=np.array(screens, dtype=np.uint8))


SEEN = screened(Screen.CLEAR, Screen.HIT, Screen.REVIEW, Screen.UNSCREENED)
CASES = [
    Case(
        "decisions",
        (
            row(debtor=0, creditor=0),
            row(debtor=0, creditor=1),
            row(debtor=1, creditor=0),
            row(debtor=2, creditor=0),
            row(debtor=0, creditor=3),
            row(Kind.REDEEM, debtor=1, creditor=-1),
            row(Kind.REDEEM, debtor=2, creditor=-1),
        ),
        (PASSES, HIT, HIT, WAITS, WAITS, HIT, WAITS),
        seen=SEEN,
    ),
    Case("fresh", (row(),), (PASSES,), seen=snapshot(lists_published_us=START_US - DAY_US)),
    Case(
        "stale",
        (row(), row(Kind.REDEEM)),
        (OLD, OLD),
        seen=snapshot(lists_published_us=START_US - DAY_US - 1),
    ),
    Case("none", (row(),), (OLD,), seen=snapshot(lists_published_us=-1)),
]
MUTANTS = [
    ("setting.outcome(lists)", "Outcome.HOLD"),
    ("Screen.HIT", "Screen.REVIEW"),
    ("return review | either_party", "return review & either_party"),
    ("snapshot.now_us - published_us > age_us", "snapshot.now_us - published_us >= age_us"),
    ("Outcome.HOLD, EXITS", "Outcome.BLOCK, EXITS"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_guardrail_answers_as_the_rule_says(case: Case) -> None:
    assert case.given(g19_sanctions.CONTROL) == list(case.expected)


@pytest.mark.parametrize(("old", "new"), MUTANTS)
def test_a_planted_fault_is_noticed(old: str, new: str) -> None:
    assert not all(case.holds(mutant(g19_sanctions, old, new)) for case in CASES)
