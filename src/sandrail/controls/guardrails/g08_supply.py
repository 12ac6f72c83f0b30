"""G08: how much of an asset may be in issue, holds included."""

from __future__ import annotations

from collections.abc import Sequence

from sandrail.controls.control import Control, Setting
from sandrail.controls.kinds import Kind, mask
from sandrail.controls.program import Limit, Measure, RowTest

__all__ = ["CONTROL"]

RULE = "G08.issued_supply_max"


def _compile(setting: Setting) -> Sequence[RowTest | Limit]:
    rule = setting.rule(RULE)
    if rule is None:
        return ()
    return [
        Limit(
            rule=setting.ref(rule),
            measure=Measure.SUPPLY,
            limit=terms.units_within(setting.minor(rule)),
            outcome=setting.outcome(rule),
            kinds=mask(Kind.ISSUE),
            inclusive=rule.inclusive,
            asset=index,
        )
        for index, terms in enumerate(setting.assets)
    ]


CONTROL = Control("G08", "Issued supply", (RULE,), _compile)
