"""G12: no unit is issued that the reserve does not cover, on an attestation that is fresh.

The cover is computed from the attested reserve and the ratio (``cover_units``) and handed to the
kernel as a number of units, so the check itself multiplies nothing. A reserve that falls short of
what is in issue already blocks the next issue like any other, and is escalated besides.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from sandrail.controls.control import AssetTerms, Control, Setting
from sandrail.controls.firm.consequence import Consequence
from sandrail.controls.firm.control import Breach, FirmControl, FirmView, breaching_since, money
from sandrail.controls.firm.position import PositionTaken
from sandrail.controls.kinds import Kind, mask
from sandrail.controls.program import GateRows, Limit, Measure, RowTest, Snapshot

__all__ = ["CONTROL", "FIRM", "cover_units"]

RATIO = "G12.reserve_ratio_min"
AGE = "G12.attestation_age_max"
TITLE = "Reserve ratio"
FULL = 10_000


def cover_units(reserve_minor: int, ratio_basis_points: int, terms: AssetTerms) -> int:
    """Return how many units an attested reserve covers, rounded against the issuer."""
    return terms.units_within(reserve_minor * FULL // ratio_basis_points)


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


def _judge(setting: Setting, view: FirmView) -> Iterable[Consequence]:
    rule = setting.rule(RATIO)
    if rule is None:
        return
    told = view.of(PositionTaken)
    for code in dict.fromkeys(item.asset for one in told for item in one.assets):

        def short(taken: PositionTaken, code: str = code) -> bool:
            found = taken.of(code)
            return found.reserve_minor * FULL < found.issued_minor * rule.basis_points

        run = breaching_since(told, short)
        if run is None:
            continue
        first, last = run
        value = money(setting, last.of(code).reserve_minor)
        issued = money(setting, last.of(code).issued_minor)
        because = f"{issued} of {code} in issue stand on a reserve of {value}."
        subject = f"{code}/{first.at_us}"
        yield from Breach(rule, subject, first.at_us, value, because).follows(setting)


CONTROL = Control("G12", TITLE, (RATIO, AGE), _compile)
FIRM = FirmControl("G12", TITLE, (RATIO,), (PositionTaken,), _judge)
