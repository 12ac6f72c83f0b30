"""G06: how much and how often one customer moves in a rolling day and in rolling thirty days.

The windows roll: an instruction counts while it is younger than the window, to the microsecond, so
no midnight gives a fresh allowance. Exits neither count nor are counted against.
"""

from __future__ import annotations

from collections.abc import Sequence

from sandrail.controls.control import Control, Setting
from sandrail.controls.kinds import ENTRIES
from sandrail.controls.program import Limit, Measure, RowTest, Window
from sandrail.world import DAY_US

__all__ = ["CONTROL"]

DAY = Window(DAY_US, ENTRIES)
MONTH = Window(30 * DAY_US, ENTRIES)

RULES = {
    "G06.daily_value_max": (Measure.WINDOW_SUM, DAY),
    "G06.daily_count_max": (Measure.WINDOW_COUNT, DAY),
    "G06.monthly_value_max": (Measure.WINDOW_SUM, MONTH),
    "G06.monthly_count_max": (Measure.WINDOW_COUNT, MONTH),
}


def _compile(setting: Setting) -> Sequence[RowTest | Limit]:
    checks = []
    for rule_id, (measure, window) in RULES.items():
        rule = setting.rule(rule_id)
        if rule is None:
            continue
        limit = rule.integer if measure is Measure.WINDOW_COUNT else setting.minor(rule)
        checks.append(
            Limit(
                rule=setting.ref(rule),
                measure=measure,
                limit=limit,
                outcome=setting.outcome(rule),
                kinds=ENTRIES,
                inclusive=rule.inclusive,
                window=window,
                warn_at=setting.warn_at(rule, limit),
            )
        )
    return checks


CONTROL = Control("G06", "Velocity", tuple(RULES), _compile)
