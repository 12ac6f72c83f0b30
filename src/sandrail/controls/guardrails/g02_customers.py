"""G02: how many customers. The cap itself is the desk's (``Desk.onboard``); here are its lines.

A token with very many holders becomes one that the authority watches more closely.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from sandrail.controls.control import Setting
from sandrail.controls.firm.consequence import Consequence
from sandrail.controls.firm.control import FirmControl, FirmView
from sandrail.controls.firm.position import PositionTaken, lines_passed

__all__ = ["FIRM"]

SIGNIFICANT = "G02.significant_holders_above"


def _customers(taken: PositionTaken) -> tuple[Fraction, str]:
    return Fraction(taken.customers), f"{taken.customers:,} holders"


def _judge(setting: Setting, view: FirmView) -> Iterable[Consequence]:
    yield from lines_passed(setting, view, {SIGNIFICANT: ""}, _customers)


FIRM = FirmControl("G02", "Number of customers", (SIGNIFICANT,), (PositionTaken,), _judge)
