"""G01: the first and the last instant of the window, and the way out after it."""

from __future__ import annotations

import pytest

from sandrail.controls import Kind, Outcome
from sandrail.controls.guardrails import g01_window
from sandrail.world import DAY_US
from tests.makers.desk import START_US
from tests.makers.gate import PASSES, Case, mutant, row, snapshot

CLOSED = (Outcome.BLOCK, "G01.window_months_max")
END_US = START_US + 30 * DAY_US
ROWS = (row(Kind.ISSUE), row(Kind.TRANSFER), row(Kind.REDEEM))
CASES = [
    Case("before", ROWS, (CLOSED, CLOSED, PASSES), seen=snapshot(now_us=START_US - 1)),
    Case("first instant", ROWS, (PASSES,) * 3, seen=snapshot(now_us=START_US)),
    Case("last instant", ROWS, (PASSES,) * 3, seen=snapshot(now_us=END_US - 1)),
    Case("after", ROWS, (CLOSED, CLOSED, PASSES), seen=snapshot(now_us=END_US)),
]
MUTANTS = [
    ("start_us <= snapshot.now_us", "start_us < snapshot.now_us"),
    ("snapshot.now_us < end_us", "snapshot.now_us <= end_us"),
    ("not start_us", "start_us"),
    ("ENTRIES, outside", "ENTRIES | 8, outside"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_guardrail_answers_as_the_rule_says(case: Case) -> None:
    assert case.given(g01_window.CONTROL) == list(case.expected)


@pytest.mark.parametrize(("old", "new"), MUTANTS)
def test_a_planted_fault_is_noticed(old: str, new: str) -> None:
    assert not all(case.holds(mutant(g01_window, old, new)) for case in CASES)
