"""G28: when too many customers complain, or lose too much, the firm pauses by itself.

A complaint counts from the day it comes until somebody finds it unfounded. Each further one is a
new case: lifting a pause does not silence the next complaint.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sandrail.controls.control import Control, Setting
from sandrail.controls.firm.consequence import Consequence, Effect
from sandrail.controls.firm.control import Breach, FirmControl, FirmView, money, stops
from sandrail.controls.firm.observation import Observation
from sandrail.controls.kinds import ENTRIES
from sandrail.controls.program import Limit, RowTest

__all__ = ["CONTROL", "FIRM", "ComplaintClosed", "ComplaintReceived"]

SHARE = "G28.complaints_share_max"
LOSS = "G28.loss_value_max"
RULES = (SHARE, LOSS)
TITLE = "Complaints and harm"
_PERCENT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintReceived(Observation):
    """A customer complained.

    Attributes:
        case: the complaint's reference.
        customer: the firm's own reference of the customer.
        loss_minor: what the customer says was lost, in minor units of the pack's currency.
    """

    case: str
    customer: str
    loss_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintClosed(Observation):
    """A complaint was decided.

    Attributes:
        case: the complaint's reference.
        upheld: the customer was right; an upheld complaint goes on counting.
    """

    case: str
    upheld: bool


def _compile(setting: Setting) -> Sequence[RowTest | Limit]:
    return [test for rule in RULES for test in stops(setting, rule, ENTRIES)]


def _judge(setting: Setting, view: FirmView) -> Iterable[Consequence]:
    unfounded = {one.case for one in view.of(ComplaintClosed) if not one.upheld}
    counted = {
        one.case: one for one in view.of(ComplaintReceived) if one.case not in unfounded
    }.values()
    if not counted:
        return
    newest = list(counted)[-1]
    customers = max(view.customers, 1)
    share = Fraction(_PERCENT * len(counted), customers)
    loss = sum(one.loss_minor for one in counted)
    major = 10**setting.pack.currency.scale
    figures = {
        SHARE: (share, f"{len(counted)} complaints of {view.customers} customers"),
        LOSS: (Fraction(loss, major), f"{money(setting, loss)} lost"),
    }
    for rule_id, (figure, text) in figures.items():
        rule = setting.rule(rule_id)
        if rule is not None and rule.crossed_by(figure):
            yield from Breach(
                rule,
                newest.case,
                newest.at_us,
                text,
                f"There are {text}." if rule_id == SHARE else f"Customers say: {text}.",
                scope=Effect.PAUSE_FIRM,
            ).follows(setting)


CONTROL = Control("G28", TITLE, RULES, _compile)
FIRM = FirmControl("G28", TITLE, RULES, (ComplaintReceived, ComplaintClosed), _judge)
