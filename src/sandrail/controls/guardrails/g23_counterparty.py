"""G23: another provider takes part only while due diligence on it is in date."""

from __future__ import annotations

from collections.abc import Sequence

from sandrail.controls.control import Control, Setting
from sandrail.controls.fact_tests import objections
from sandrail.controls.facts import RowFact
from sandrail.controls.program import Limit, RowTest

__all__ = ["CONTROL"]

RULE = "G23.counterparty_diligence_required"


def _compile(setting: Setting) -> Sequence[RowTest | Limit]:
    rule = setting.rule(RULE)
    if rule is None or not rule.flag:
        return ()
    other, approved = RowFact.WITH_COUNTERPARTY, RowFact.COUNTERPARTY_APPROVED
    return objections(setting, RULE, has=other, lacks=approved)


CONTROL = Control("G23", "Counterparty VASP", (RULE,), _compile)
