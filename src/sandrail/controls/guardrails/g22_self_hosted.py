"""G22: a wallet that no provider runs is proven to be the customer's before value moves there.

Below the pack's line a wallet needs no proof; the desk adds up what moved with it, so that a sum
cut into small pieces needs one too.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sandrail.controls.control import Control, Setting
from sandrail.controls.facts import RowFact
from sandrail.controls.kinds import ENTRIES, EXITS
from sandrail.controls.program import GateRows, Limit, RowTest, Snapshot
from sandrail.controls.verdict import Outcome

__all__ = ["CONTROL"]

RULE = "G22.self_hosted_monitored"
LINE = "G22.ownership_proof_above"
AGE = "G22.ownership_proof_age_max"


def _compile(setting: Setting) -> Sequence[RowTest | Limit]:
    rule, line = setting.rule(RULE), setting.rule(LINE)
    if rule is None or not rule.flag:
        return ()
    named = rule if line is None else line
    passes_minor = -1 if line is None else setting.minor(line)

    def unproven(rows: GateRows, _: Snapshot) -> npt.NDArray[np.bool_]:
        self_hosted = (rows.facts & np.uint32(RowFact.SELF_HOSTED)) != 0
        lacks = (rows.facts & np.uint32(RowFact.OWNERSHIP_PROVEN)) == 0
        due = (rows.facts & np.uint32(RowFact.PROOF_DUE)) != 0
        found: npt.NDArray[np.bool_] = self_hosted & lacks & (due | (rows.value > passes_minor))
        return found

    ref, outcome = setting.ref(named), setting.outcome(named)
    on_exit = Outcome.HOLD if outcome is Outcome.BLOCK else outcome
    return (RowTest(ref, outcome, ENTRIES, unproven), RowTest(ref, on_exit, EXITS, unproven))


CONTROL = Control("G22", "Self-hosted wallets", (RULE, LINE, AGE), _compile)
