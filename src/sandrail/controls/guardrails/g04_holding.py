"""G04: what one customer may hold of an asset, holds included."""

from __future__ import annotations

from collections.abc import Sequence

from sandrail.controls.control import Control, Setting
from sandrail.controls.kinds import ENTRIES
from sandrail.controls.program import Limit, Measure, RowTest

__all__ = ["CONTROL"]

RULE = "G04.holding_max"


def _compile(setting: Setting) -> Sequence[RowTest | Limit]:
    rule = setting.rule(RULE)
    if rule is None:
        return ()
    checks = []
    for index, terms in enumerate(setting.assets):
        units = terms.units_within(setting.minor(rule))
        checks.append(
            Limit(
                rule=setting.ref(rule),
                measure=Measure.HOLDING,
                limit=units,
                outcome=setting.outcome(rule),
                kinds=ENTRIES,
                inclusive=rule.inclusive,
                asset=index,
                warn_at=setting.warn_at(rule, units),
            )
        )
    return checks


CONTROL = Control("G04", "Holding per customer", (RULE,), _compile)
