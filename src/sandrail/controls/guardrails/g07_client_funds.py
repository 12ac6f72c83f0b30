"""G07: what the firm may hold for all its customers together."""

from __future__ import annotations

from collections.abc import Sequence

from sandrail.controls.control import Control, Setting
from sandrail.controls.kinds import Kind, mask
from sandrail.controls.program import Limit, Measure, RowTest

__all__ = ["CONTROL"]

RULE = "G07.client_funds_max"


def _compile(setting: Setting) -> Sequence[RowTest | Limit]:
    rule = setting.rule(RULE)
    if rule is None:
        return ()
    limit = setting.minor(rule)
    return (
        Limit(
            rule=setting.ref(rule),
            measure=Measure.CLIENT_FUNDS,
            limit=limit,
            outcome=setting.outcome(rule),
            kinds=mask(Kind.ISSUE, Kind.ON_RAMP),
            inclusive=rule.inclusive,
            warn_at=setting.warn_at(rule, limit),
        ),
    )


CONTROL = Control("G07", "Aggregate client funds", (RULE,), _compile)
