"""G18: what leaves custody is signed for, to a wallet named in time; online wallets stay small."""

from __future__ import annotations

import pytest

from sandrail.controls import Kind, Outcome, RowFact
from sandrail.controls.guardrails import g18_custody
from tests.makers.gate import PASSES, Case, mutant, row

SIGN = (Outcome.HOLD, "G18.key_quorum_min")
TOO_EARLY = (Outcome.BLOCK, "G18.key_quorum_min")
COOLS = (Outcome.HOLD, "G18.allow_list_cooling")
TOO_HOT = (Outcome.HOLD, "G18.hot_share_max")
LEAVES, SIGNED = RowFact.LEAVES_CUSTODY, RowFact.CUSTODY_APPROVED
NAMED = RowFact.ALLOW_LISTED
CASES = [
    Case(
        "facts",
        (
            row(facts=LEAVES | NAMED),
            row(Kind.REDEEM, facts=LEAVES | NAMED),
            row(),
            row(facts=LEAVES | SIGNED | NAMED),
            row(facts=SIGNED),
            row(facts=LEAVES | SIGNED),
            row(Kind.OFF_RAMP, facts=LEAVES | SIGNED),
            row(facts=RowFact.HOT_SHARE_OVER),
        ),
        (SIGN, SIGN, PASSES, PASSES, PASSES, COOLS, COOLS, PASSES),
    ),
    Case(
        "sweeps",
        (
            row(Kind.SWEEP, facts=RowFact.HOT_SHARE_OVER),
            row(Kind.SWEEP, facts=LEAVES),
            row(Kind.SWEEP, facts=LEAVES | SIGNED),
            row(Kind.SWEEP),
        ),
        (TOO_HOT, SIGN, PASSES, PASSES),
    ),
]
MUTANTS = [
    ("has=RowFact.LEAVES_CUSTODY, lacks=RowFact.CUSTODY_APPROVED", "has=RowFact.CROSS_BORDER"),
    ("RowFact.LEAVES_CUSTODY)) != 0", "RowFact.LEAVES_CUSTODY)) == 0"),
    ("leaves & ~signed", "leaves & signed"),
    ("or not rule.flag", "or rule.flag"),
    ("lacks=RowFact.ALLOW_LISTED", "lacks=RowFact.CUSTODY_APPROVED"),
    ("np.uint32(RowFact.HOT_SHARE_OVER)", "np.uint32(RowFact.LEAVES_CUSTODY)"),
    ("setting.outcome(hot), mask(Kind.SWEEP)", "setting.outcome(hot), mask(Kind.TRANSFER)"),
    ("setting.rule(QUORUM) or rule", "rule"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_guardrail_answers_as_the_rule_says(case: Case) -> None:
    assert case.given(g18_custody.CONTROL) == list(case.expected)


@pytest.mark.parametrize(("old", "new"), MUTANTS)
def test_a_planted_fault_is_noticed(old: str, new: str) -> None:
    assert not all(case.holds(mutant(g18_custody, old, new)) for case in CASES)


def test_settling_a_hold_before_the_quorum_signed_is_refused() -> None:
    given = Case("", (row(Kind.SETTLE, facts=LEAVES), row(Kind.SETTLE, facts=LEAVES | SIGNED)), ())
    assert given.given(g18_custody.CONTROL) == [TOO_EARLY, PASSES]
