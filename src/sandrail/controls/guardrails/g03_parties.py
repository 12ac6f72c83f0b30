"""G03: both sides of a transfer are customers of the trial, onboarded and not closed.

``G03.classes_allowed`` names the classes that may be onboarded; a party that was not is unknown to
the gate, and nothing moves from or to somebody unknown.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sandrail.controls.control import Control, Setting, party_column
from sandrail.controls.facts import PartyStatus
from sandrail.controls.kinds import GATED
from sandrail.controls.program import GateRows, Limit, RowTest, Snapshot

__all__ = ["CONTROL"]

RULE = "G03.classes_allowed"


def _not_customers(rows: GateRows, snapshot: Snapshot) -> npt.NDArray[np.bool_]:
    unknown = np.zeros(rows.kind.shape[0], dtype=np.bool_)
    for parties in (rows.debtor, rows.creditor):
        status = party_column(snapshot.party_status, parties)
        served = (status == PartyStatus.ACTIVE) | (status == PartyStatus.FROZEN)
        unknown |= (parties >= 0) & ~served
    return unknown


def _compile(setting: Setting) -> Sequence[RowTest | Limit]:
    rule = setting.rule(RULE)
    if rule is None:
        return ()
    return (RowTest(setting.ref(rule), setting.outcome(rule), GATED, _not_customers),)


CONTROL = Control("G03", "Customer classes", (RULE,), _compile)
