"""G12: not one unit above the cover, and no cover without a fresh attestation."""

from __future__ import annotations

import numpy as np
import pytest

from sandrail.controls import AssetTerms, Kind, Outcome, Snapshot, cover_units
from sandrail.controls.guardrails import g12_reserve
from sandrail.world import DAY_US
from tests.makers.desk import START_US, TOKEN
from tests.makers.gate import PASSES, Case, mutant, row, snapshot

SHORT = (Outcome.BLOCK, "G12.reserve_ratio_min")
STALE = (Outcome.BLOCK, "G12.attestation_age_max")


def attested(age_us: int) -> Snapshot:
    at_us = -1 if age_us < 0 else START_US - age_us
    return snapshot(attested_us=np.array([at_us], dtype=np.int64))


CASES = [
    Case(
        "cover",
        (row(Kind.ISSUE, value=100), row(Kind.ISSUE, value=1), row(Kind.TRANSFER, value=500)),
        (PASSES, SHORT, PASSES),
        cover=100,
    ),
    Case("just fresh", (row(Kind.ISSUE),), (PASSES,), seen=attested(DAY_US)),
    Case("just stale", (row(Kind.ISSUE), row()), (STALE, PASSES), seen=attested(DAY_US + 1)),
    Case("never attested", (row(Kind.ISSUE),), (STALE,), seen=attested(-1)),
]
MUTANTS = [
    ("snapshot.now_us - attested > age_us", "snapshot.now_us - attested >= age_us"),
    ("kinds=mask(Kind.ISSUE)", "kinds=mask(Kind.TRANSFER)"),
    ("if ratio is not None", "if ratio is None"),
]


@pytest.mark.parametrize(
    ("reserve", "ratio_bp", "price", "units"),
    [(100, 10_000, 1, 100), (100, 12_500, 1, 80), (99, 10_000, 2, 49), (101, 20_000, 1, 50)],
)
def test_the_cover_is_rounded_against_the_issuer(
    reserve: int, ratio_bp: int, price: int, units: int
) -> None:
    terms = AssetTerms(TOKEN, price_numerator=price)
    assert cover_units(reserve, ratio_bp, terms) == units


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_guardrail_answers_as_the_rule_says(case: Case) -> None:
    assert case.given(g12_reserve.CONTROL) == list(case.expected)


@pytest.mark.parametrize(("old", "new"), MUTANTS)
def test_a_planted_fault_is_noticed(old: str, new: str) -> None:
    assert not all(case.holds(mutant(g12_reserve, old, new)) for case in CASES)
