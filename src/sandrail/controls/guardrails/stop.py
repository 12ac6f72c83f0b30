"""The emergency stop: one supervisor halts the firm, and the very next row feels it.

Exits go on, so that customers get out; what sanctions freeze stays frozen by its own control.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sandrail.controls.control import Control, Setting
from sandrail.controls.kinds import ENTRIES
from sandrail.controls.program import GateRows, Limit, RowTest, RuleRef, Snapshot
from sandrail.controls.verdict import Outcome

__all__ = ["CONTROL"]

STOP = RuleRef(
    id="STOP.firm_paused",
    guardrail="STOP",
    title="Emergency stop",
    limit_text="",
    citation="Order of the supervisor, recorded in the journal",
)


def _paused(rows: GateRows, snapshot: Snapshot) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.full(rows.kind.shape[0], snapshot.paused)


def _compile(_: Setting) -> Sequence[RowTest | Limit]:
    return (RowTest(STOP, Outcome.BLOCK, ENTRIES, _paused),)


CONTROL = Control("STOP", "Emergency stop", (STOP.id,), _compile)
