"""G12: no unit is issued that the reserve does not cover, on an attestation that is fresh.

The cover is computed from the attested reserve and the ratio (``cover_units``) and handed to the
kernel as a number of units, so the check itself multiplies nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sandrail.controls.control import AssetTerms, Control, Setting
from sandrail.controls.kinds import Kind, mask
from sandrail.controls.program import GateRows, Limit, Measure, RowTest, Snapshot

__all__ = ["CONTROL", "cover_units"]

RATIO = "G12.reserve_ratio_min"
AGE = "G12.attestation_age_max"


def cover_units(reserve_minor: int, ratio_basis_points: int, terms: AssetTerms) -> int:
    """Return how many units an attested reserve covers, rounded against the issuer."""
    return terms.units_within(reserve_minor * 10_000 // ratio_basis_points)


def _compile(setting: Setting) -> Sequence[RowTest | Limit]:
    checks: list[RowTest | Limit] = []
    ratio, age = setting.rule(RATIO), setting.rule(AGE)
    if ratio is not None:
        checks.append(
            Limit(
                rule=setting.ref(ratio),
                measure=Measure.RESERVE,
                limit=0,
                outcome=setting.outcome(ratio),
                kinds=mask(Kind.ISSUE),
            )
        )
    if age is not None:
        age_us = age.duration_us

        def stale(rows: GateRows, snapshot: Snapshot) -> npt.NDArray[np.bool_]:
            attested = snapshot.attested_us[rows.asset]
            too_old: npt.NDArray[np.bool_] = snapshot.now_us - attested > age_us
            return too_old

        checks.append(RowTest(setting.ref(age), setting.outcome(age), mask(Kind.ISSUE), stale))
    return checks


CONTROL = Control("G12", "Reserve ratio", (RATIO, AGE), _compile)
