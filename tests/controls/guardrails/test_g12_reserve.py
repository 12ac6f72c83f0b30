"""G12: not one unit above the cover, and no cover without a fresh attestation."""

from __future__ import annotations

import numpy as np
import pytest

from sandrail.controls import AssetTerms, Kind, Outcome, Snapshot, cover_units
from sandrail.controls.guardrails import g12_reserve
from sandrail.world import DAY_US
from tests.makers.desk import START_US, TOKEN
from tests.makers.firm import ESCALATE, FirmCase, firm_tests, position
from tests.makers.gate import PASSES, Case, gate_tests, row, snapshot

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


RATIO = ((ESCALATE, "G12.reserve_ratio_min"),)
FIRM_CASES = [
    FirmCase("nothing measured", ()),
    FirmCase("covered to the unit", (position(0, issued=100, reserve=100),)),
    FirmCase(
        "short by one",
        (position(0, issued=101, reserve=100),),
        RATIO,
        says="a reserve of PKR 1.00",
    ),
    FirmCase("never attested", (position(0, issued=1, reserve=0),), RATIO),
    FirmCase(
        "filled up again",
        (position(0, issued=101, reserve=100), position(0, issued=101, reserve=101)),
    ),
]
FIRM_MUTANTS = [
    ("found.reserve_minor * FULL < ", "found.reserve_minor * FULL <= "),
    ("found.reserve_minor * FULL < ", "(found.reserve_minor + 1) * FULL < "),
    ("told = view.of(PositionTaken)", "told = view.of(PositionTaken)[:1]"),
]
test_gate, test_gate_faults = gate_tests(g12_reserve, CASES, MUTANTS)
test_answers, test_words, test_planted_faults = firm_tests(g12_reserve, FIRM_CASES, FIRM_MUTANTS)
