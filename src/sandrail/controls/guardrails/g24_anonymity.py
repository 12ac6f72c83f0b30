"""G24: value that was made untraceable does not move where the pack forbids such tools."""

from __future__ import annotations

from collections.abc import Sequence

from sandrail.controls.control import Control, Setting
from sandrail.controls.fact_tests import objections
from sandrail.controls.facts import RowFact
from sandrail.controls.program import Limit, RowTest

__all__ = ["CONTROL"]

RULE = "G24.anonymity_tools_allowed"


def _compile(setting: Setting) -> Sequence[RowTest | Limit]:
    rule = setting.rule(RULE)
    if rule is None or rule.flag:
        return ()
    return objections(setting, RULE, has=RowFact.ANONYMITY_ENHANCED)


CONTROL = Control("G24", "Anonymity tools", (RULE,), _compile)
