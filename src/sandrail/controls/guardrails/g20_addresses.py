"""G20: a wallet on a list, or near one, is looked at before value moves.

The facts come from screening the address and from the graph of the economy's own transfers; the
gate reads one byte a wallet. Being sent dust by a listed wallet is not exposure: share and value
decide, both, and that is measured before. What a listed wallet sent is set aside, and only that;
its receiver goes on.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sandrail.controls.control import Control, Setting
from sandrail.controls.fact_tests import objections
from sandrail.controls.facts import RowFact
from sandrail.controls.kinds import GATED
from sandrail.controls.program import GateRows, Limit, RowTest, Snapshot
from sandrail.controls.verdict import Outcome

__all__ = ["CONTROL"]

RULE = "G20.chain_analytics_required"
TAGGED = "G20.tagged_categories"
LINES = (
    "G20.exposure_hops_max",
    "G20.hop_weight",
    "G20.direct_share_above",
    "G20.direct_value_above",
    "G20.exposure_share_above",
    "G20.exposure_value_above",
)
"""Rules that the graph of transfers computes with; the gate reads what it decided."""


def _arrived(rows: GateRows, _: Snapshot) -> npt.NDArray[np.bool_]:
    found: npt.NDArray[np.bool_] = (rows.facts & np.uint32(RowFact.FROM_LISTED)) != 0
    return found


def _compile(setting: Setting) -> Sequence[RowTest | Limit]:
    rule, tagged = setting.rule(RULE), setting.rule(TAGGED)
    if rule is None or not rule.flag:
        return ()
    listed = RULE if tagged is None else TAGGED
    ref = setting.ref(tagged or rule)
    return (
        *objections(setting, listed, has=RowFact.ADDRESS_LISTED),
        RowTest(ref, Outcome.HOLD, GATED, _arrived),
        *objections(setting, RULE, has=RowFact.ADDRESS_EXPOSED),
    )


CONTROL = Control("G20", "Screening of addresses", (RULE, TAGGED, *LINES), _compile)
