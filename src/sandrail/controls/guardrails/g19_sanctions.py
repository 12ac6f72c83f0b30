"""G19: a designated person moves nothing, and nobody moves anything past a stale list.

The gate reads a decision that screening took and remembered; it never matches a name itself. A hit
freezes, a possible match holds, and a party that nobody screened under the newest list waits. When
the lists themselves are too old the gate fails closed: entries meet the
pack's answer, exits wait.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sandrail.controls.control import Control, Setting, either_party
from sandrail.controls.facts import PartyStatus, Screen
from sandrail.controls.kinds import ENTRIES, EXITS, GATED
from sandrail.controls.program import GateRows, Limit, RowTest, Snapshot
from sandrail.controls.verdict import Outcome

__all__ = ["CONTROL"]

LISTS = "G19.lists"
AGE = "G19.list_age_max"


def _hit(rows: GateRows, snapshot: Snapshot) -> npt.NDArray[np.bool_]:
    frozen = either_party(snapshot.party_status, rows, PartyStatus.FROZEN)
    return frozen | either_party(snapshot.party_screen, rows, Screen.HIT)


def _undecided(rows: GateRows, snapshot: Snapshot) -> npt.NDArray[np.bool_]:
    review = either_party(snapshot.party_screen, rows, Screen.REVIEW)
    return review | either_party(snapshot.party_screen, rows, Screen.UNSCREENED)


def _compile(setting: Setting) -> Sequence[RowTest | Limit]:
    checks: list[RowTest | Limit] = []
    lists, age = setting.rule(LISTS), setting.rule(AGE)
    if lists is not None:
        ref = setting.ref(lists)
        checks.append(RowTest(ref, setting.outcome(lists), GATED, _hit))
        checks.append(RowTest(ref, Outcome.HOLD, GATED, _undecided))
    if age is not None:
        age_us = age.duration_us

        def stale(rows: GateRows, snapshot: Snapshot) -> npt.NDArray[np.bool_]:
            published_us = snapshot.lists_published_us
            too_old = snapshot.now_us - published_us > age_us
            return np.full(rows.kind.shape[0], too_old)

        ref = setting.ref(age)
        checks.append(RowTest(ref, setting.outcome(age), ENTRIES, stale))
        checks.append(RowTest(ref, Outcome.HOLD, EXITS, stale))
    return checks


CONTROL = Control("G19", "Sanctions screening", (LISTS, AGE), _compile)
