"""G26: what customers do in cash above a line, and what looks suspicious, is reported in time.

Cash of one customer on one local day counts together, so splitting does not help. A report is the
firm's secret: nothing here ever reaches the customer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sandrail.controls.control import Setting
from sandrail.controls.firm.consequence import NO_DAY, Consequence
from sandrail.controls.firm.control import Breach, FirmControl, FirmView, money
from sandrail.controls.firm.dates import day_of, ends_us
from sandrail.controls.firm.observation import Observation

__all__ = ["FIRM", "CashTaken", "SuspicionRaised"]

LINE = "G26.cash_report_above"
TIME = "G26.cash_report_days_max"
PROMPTLY = "G26.suspicious_report_promptly"


@dataclass(frozen=True, slots=True, kw_only=True)
class CashTaken(Observation):
    """Cash that a customer brought or took.

    Attributes:
        customer: the firm's own reference.
        minor: in minor units of the pack's currency.
        incoming: brought, not taken.
    """

    customer: str
    minor: int
    incoming: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspicionRaised(Observation):
    """The officer for reports decided that something is suspicious.

    Attributes:
        case: the officer's own reference; no name.
    """

    case: str


def _judge(setting: Setting, view: FirmView) -> Iterable[Consequence]:
    line, time, promptly = setting.rule(LINE), setting.rule(TIME), setting.rule(PROMPTLY)
    if promptly is not None and promptly.flag:
        for one in view.of(SuspicionRaised):
            yield from Breach(
                promptly, one.case, one.at_us, "suspicious", f"The case {one.case} was raised."
            ).follows(setting)
    if line is None:
        return
    sums: dict[tuple[str, date], int] = {}
    major = 10**setting.pack.currency.scale
    for cash in view.of(CashTaken):
        key = (cash.customer, day_of(setting.pack, cash.at_us))
        before = sums.get(key, 0)
        sums[key] = total = before + cash.minor
        if line.crossed_by(Fraction(before, major)) or not line.crossed_by(Fraction(total, major)):
            continue
        day = key[1].isoformat()
        text = money(setting, total)
        yield from Breach(
            line,
            f"{cash.customer}/{day}",
            cash.at_us,
            text,
            f"Cash of {text} on {day}.",
            due_us=ends_us(setting, time, cash.at_us) if time is not None else NO_DAY,
        ).follows(setting)


FIRM = FirmControl(
    "G26",
    "Suspicious and cash reports",
    (LINE, TIME, PROMPTLY),
    (CashTaken, SuspicionRaised),
    _judge,
)
