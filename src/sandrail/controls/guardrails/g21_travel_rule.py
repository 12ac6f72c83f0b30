"""G21: above the line, data on originator and beneficiary travel with the transfer.

Linked transfers add up: the line is measured on what the originator sent inside the aggregation
window, this transfer included, so splitting does not help. Complete data exempt a transfer.
"""

from __future__ import annotations

from collections.abc import Sequence

from sandrail.controls.control import Control, Setting
from sandrail.controls.facts import TRAVEL_DATA_COMPLETE
from sandrail.controls.kinds import MOVES_BETWEEN_CUSTOMERS
from sandrail.controls.program import Limit, Measure, RowTest, Window
from sandrail.controls.verdict import Outcome
from sandrail.world import DAY_US

__all__ = ["CONTROL"]

LINE = "G21.travel_rule_above"
WARN_LINE = "G21.travel_rule_warn_above"
AGGREGATION = "G21.aggregation_hours"


def _compile(setting: Setting) -> Sequence[RowTest | Limit]:
    aggregation = setting.rule(AGGREGATION)
    window_us = DAY_US if aggregation is None else aggregation.duration_us
    window = Window(window_us, MOVES_BETWEEN_CUSTOMERS)
    checks = []
    for rule_id in (LINE, WARN_LINE):
        rule = setting.rule(rule_id)
        if rule is None:
            continue
        checks.append(
            Limit(
                rule=setting.ref(rule),
                measure=Measure.WINDOW_SUM,
                limit=setting.minor(rule),
                outcome=Outcome.WARN if rule_id == WARN_LINE else setting.outcome(rule),
                kinds=MOVES_BETWEEN_CUSTOMERS,
                # "above" the line owes data: at the line itself nothing is owed unless inclusive.
                inclusive=not rule.inclusive,
                window=window,
                unless=int(TRAVEL_DATA_COMPLETE),
            )
        )
    return checks


CONTROL = Control("G21", "Travel-rule data", (LINE, WARN_LINE, AGGREGATION), _compile)
