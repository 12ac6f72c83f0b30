"""G18: what leaves the firm's custody carries the signatures of its key holders."""

from __future__ import annotations

from collections.abc import Sequence

from sandrail.controls.control import Control, Setting
from sandrail.controls.fact_tests import objections
from sandrail.controls.facts import RowFact
from sandrail.controls.program import Limit, RowTest

__all__ = ["CONTROL"]

RULE = "G18.custody_controls_required"


def _compile(setting: Setting) -> Sequence[RowTest | Limit]:
    rule = setting.rule(RULE)
    if rule is None or not rule.flag:
        return ()
    leaves, signed = RowFact.LEAVES_CUSTODY, RowFact.CUSTODY_APPROVED
    return objections(setting, RULE, has=leaves, lacks=signed)


CONTROL = Control("G18", "Custody", (RULE,), _compile)
