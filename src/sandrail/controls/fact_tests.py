"""Guardrails whose whole question is whether a row carries one fact and lacks another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sandrail.controls.control import Setting
from sandrail.controls.facts import RowFact
from sandrail.controls.kinds import ENTRIES, EXITS
from sandrail.controls.program import GateRows, RowTest, Snapshot
from sandrail.controls.verdict import Outcome

__all__ = ["objections"]


def objections(
    setting: Setting, rule_id: str, *, has: RowFact, lacks: RowFact | None = None
) -> Sequence[RowTest]:
    """Object to rows that have all facts in ``has`` and not all in ``lacks``.

    Entries get the pack's answer. An exit is at most held: a customer who leaves is looked at, not
    locked in, unless the pack freezes.
    """
    rule = setting.rule(rule_id)
    if rule is None:
        return ()
    wanted, absent = np.uint32(has), np.uint32(lacks or 0)

    def breaches(rows: GateRows, _: Snapshot) -> npt.NDArray[np.bool_]:
        carries: npt.NDArray[np.bool_] = (rows.facts & wanted) == wanted
        if not absent:
            return carries
        found: npt.NDArray[np.bool_] = carries & ((rows.facts & absent) != absent)
        return found

    ref, outcome = setting.ref(rule), setting.outcome(rule)
    on_exit = Outcome.HOLD if outcome is Outcome.BLOCK else outcome
    return (RowTest(ref, outcome, ENTRIES, breaches), RowTest(ref, on_exit, EXITS, breaches))
