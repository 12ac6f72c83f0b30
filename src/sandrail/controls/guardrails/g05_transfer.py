"""G05: no single instruction above the limit."""

from __future__ import annotations

from collections.abc import Sequence

from sandrail.controls.control import Control, Setting
from sandrail.controls.kinds import ENTRIES
from sandrail.controls.program import Limit, Measure, RowTest

__all__ = ["CONTROL"]

RULE = "G05.transfer_max"


def _compile(setting: Setting) -> Sequence[RowTest | Limit]:
    rule = setting.rule(RULE)
    if rule is None:
        return ()
    limit = setting.minor(rule)
    return (
        Limit(
            rule=setting.ref(rule),
            measure=Measure.VALUE,
            limit=limit,
            outcome=setting.outcome(rule),
            kinds=ENTRIES,
            inclusive=rule.inclusive,
            warn_at=setting.warn_at(rule, limit),
        ),
    )


CONTROL = Control("G05", "Single transfer", (RULE,), _compile)
