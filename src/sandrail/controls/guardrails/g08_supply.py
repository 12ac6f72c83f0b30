"""G08: how much of an asset may be in issue, holds included; and lines at which duties start."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from sandrail.controls.control import Control, Setting
from sandrail.controls.firm.consequence import Consequence
from sandrail.controls.firm.control import FirmControl, FirmView, money
from sandrail.controls.firm.position import PositionTaken, lines_passed
from sandrail.controls.kinds import Kind, mask
from sandrail.controls.program import Limit, Measure, RowTest

__all__ = ["CONTROL", "FIRM"]

RULE = "G08.issued_supply_max"
LINES = {"G08.quarterly_report_above": "", "G08.significant_supply_above": ""}
TITLE = "Issued supply"


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


def _judge(setting: Setting, view: FirmView) -> Iterable[Consequence]:
    major = 10**setting.pack.currency.scale

    def largest(taken: PositionTaken) -> tuple[Fraction, str]:
        issued = max((one.issued_minor for one in taken.assets), default=0)
        return Fraction(issued, major), f"{money(setting, issued)} in issue"

    yield from lines_passed(setting, view, LINES, largest)


CONTROL = Control("G08", TITLE, (RULE,), _compile)
FIRM = FirmControl("G08", TITLE, tuple(LINES), (PositionTaken,), _judge)
