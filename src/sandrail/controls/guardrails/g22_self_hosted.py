"""G22: a wallet that no provider runs is proven to be the customer's before value moves there."""

from __future__ import annotations

from collections.abc import Sequence

from sandrail.controls.control import Control, Setting
from sandrail.controls.fact_tests import objections
from sandrail.controls.facts import RowFact
from sandrail.controls.program import Limit, RowTest

__all__ = ["CONTROL"]

RULE = "G22.self_hosted_monitored"


def _compile(setting: Setting) -> Sequence[RowTest | Limit]:
    rule = setting.rule(RULE)
    if rule is None or not rule.flag:
        return ()
    return objections(setting, RULE, has=RowFact.SELF_HOSTED, lacks=RowFact.OWNERSHIP_PROVEN)


CONTROL = Control("G22", "Self-hosted wallets", (RULE,), _compile)
