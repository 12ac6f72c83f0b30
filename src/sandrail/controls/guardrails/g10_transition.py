"""G10: past an aggregate value the firm outgrows the test and plans its way out of it."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from sandrail.controls.control import Setting
from sandrail.controls.firm.consequence import Consequence
from sandrail.controls.firm.control import FirmControl, FirmView, money
from sandrail.controls.firm.position import PositionTaken, lines_passed

__all__ = ["FIRM"]

RULE = "G10.aggregate_value_above"
EVENT = "transition_line_passed"


def _judge(setting: Setting, view: FirmView) -> Iterable[Consequence]:
    major = 10**setting.pack.currency.scale

    def together(taken: PositionTaken) -> tuple[Fraction, str]:
        issued = sum(one.issued_minor for one in taken.assets)
        return Fraction(issued, major), f"{money(setting, issued)} in issue together"

    yield from lines_passed(setting, view, {RULE: EVENT}, together)


FIRM = FirmControl("G10", "Transition trigger", (RULE,), (PositionTaken,), _judge)
