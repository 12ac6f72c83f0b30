"""G18: what leaves the firm's custody carries the signatures of its key holders.

Without the quorum a movement waits, and settling it is refused until the quorum signed that very
transfer. A wallet that the customer has only just named waits out the pack's time; and the firm
does not fill its online wallets beyond their share of what it keeps.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sandrail.controls.control import Control, Setting
from sandrail.controls.fact_tests import objections
from sandrail.controls.facts import RowFact
from sandrail.controls.kinds import Kind, mask
from sandrail.controls.program import GateRows, Limit, RowTest, Snapshot
from sandrail.controls.verdict import Outcome

__all__ = ["CONTROL"]

RULE = "G18.custody_controls_required"
QUORUM = "G18.key_quorum_min"
COOLING = "G18.allow_list_cooling"
HOT = "G18.hot_share_max"


def _unsigned(rows: GateRows, _: Snapshot) -> npt.NDArray[np.bool_]:
    leaves = (rows.facts & np.uint32(RowFact.LEAVES_CUSTODY)) != 0
    signed = (rows.facts & np.uint32(RowFact.CUSTODY_APPROVED)) != 0
    found: npt.NDArray[np.bool_] = leaves & ~signed
    return found


def _fills(rows: GateRows, _: Snapshot) -> npt.NDArray[np.bool_]:
    found: npt.NDArray[np.bool_] = (rows.facts & np.uint32(RowFact.HOT_SHARE_OVER)) != 0
    return found


def _compile(setting: Setting) -> Sequence[RowTest | Limit]:
    rule = setting.rule(RULE)
    if rule is None or not rule.flag:
        return ()
    signing = setting.rule(QUORUM) or rule
    ref = setting.ref(signing)
    checks: list[RowTest | Limit] = [
        *objections(
            setting, signing.id, has=RowFact.LEAVES_CUSTODY, lacks=RowFact.CUSTODY_APPROVED
        ),
        RowTest(ref, setting.outcome(signing), mask(Kind.SWEEP), _unsigned),
        # A hold that waits for signatures cannot wait once more: settling it early is refused.
        RowTest(ref, Outcome.BLOCK, mask(Kind.SETTLE), _unsigned),
    ]
    cooling, hot = setting.rule(COOLING), setting.rule(HOT)
    if cooling is not None:
        checks += objections(
            setting, COOLING, has=RowFact.LEAVES_CUSTODY, lacks=RowFact.ALLOW_LISTED
        )
    if hot is not None:
        checks.append(RowTest(setting.ref(hot), setting.outcome(hot), mask(Kind.SWEEP), _fills))
    return checks


CONTROL = Control("G18", "Custody", (RULE, QUORUM, COOLING, HOT), _compile)
