"""G01: a trial has a first and a last day; afterwards nothing new begins, and customers get out.

The window is the permission's own. The pack's ``G01.window_months_max`` bounds what may be granted
and is what a verdict cites.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sandrail.controls.control import Control, Setting
from sandrail.controls.kinds import ENTRIES
from sandrail.controls.program import GateRows, Limit, RowTest, Snapshot

__all__ = ["CONTROL"]

RULE = "G01.window_months_max"


def _compile(setting: Setting) -> Sequence[RowTest | Limit]:
    rule = setting.rule(RULE)
    if rule is None:
        return ()
    start_us, end_us = setting.permission.valid_from_us, setting.permission.valid_to_us

    def outside(rows: GateRows, snapshot: Snapshot) -> npt.NDArray[np.bool_]:
        closed = not start_us <= snapshot.now_us < end_us
        return np.full(rows.kind.shape[0], closed)

    return (RowTest(setting.ref(rule), setting.outcome(rule), ENTRIES, outside),)


CONTROL = Control("G01", "Test window", (RULE,), _compile)
