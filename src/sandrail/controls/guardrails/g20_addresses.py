"""G20: a wallet on a list, or near one, is looked at before value moves.

The facts come from screening the address and from the graph of the economy's own transfers. Being
sent dust by a listed wallet is not exposure: the amount decides, and that is measured before.
"""

from __future__ import annotations

from collections.abc import Sequence

from sandrail.controls.control import Control, Setting
from sandrail.controls.fact_tests import objections
from sandrail.controls.facts import RowFact
from sandrail.controls.program import Limit, RowTest

__all__ = ["CONTROL"]

RULE = "G20.chain_analytics_required"


def _compile(setting: Setting) -> Sequence[RowTest | Limit]:
    rule = setting.rule(RULE)
    if rule is None or not rule.flag:
        return ()
    return (
        *objections(setting, RULE, has=RowFact.ADDRESS_LISTED),
        *objections(setting, RULE, has=RowFact.ADDRESS_EXPOSED),
    )


CONTROL = Control("G20", "Screening of addresses", (RULE,), _compile)
