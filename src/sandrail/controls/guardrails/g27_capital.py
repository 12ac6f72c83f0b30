"""G27: the firm keeps the capital it was permitted with; casework checks it first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from sandrail.controls.control import Control, Setting
from sandrail.controls.firm.consequence import Consequence, Effect
from sandrail.controls.firm.control import (
    Breach,
    FirmControl,
    FirmView,
    breaching_since,
    money,
    stops,
)
from sandrail.controls.firm.observation import Observation
from sandrail.controls.kinds import ENTRIES
from sandrail.controls.program import Limit, RowTest
from sandrail.rulebook import Rule

__all__ = ["CONTROL", "FIRM", "CapitalReported"]

SHARE = "G27.deposit_share_min"
AMOUNT = "G27.capital_min"
RULES = (SHARE, AMOUNT)
TITLE = "Capital"
_PERCENT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class CapitalReported(Observation):
    """A return on capital, in minor units of the pack's currency.

    Attributes:
        paid_up_minor: paid-up capital.
        deposited_minor: the part of it deposited with the central bank.
    """

    paid_up_minor: int
    deposited_minor: int


def _measured(setting: Setting, rule: Rule, told: CapitalReported) -> tuple[Fraction, str]:
    if rule.id == AMOUNT:
        major = 10**setting.pack.currency.scale
        return Fraction(told.paid_up_minor, major), money(setting, told.paid_up_minor)
    if told.paid_up_minor <= 0:
        return Fraction(0), "no capital"
    share = Fraction(_PERCENT * told.deposited_minor, told.paid_up_minor)
    return share, f"{share.numerator // share.denominator} percent deposited"


def _short(setting: Setting, rule: Rule, told: CapitalReported) -> bool:
    return rule.crossed_by(_measured(setting, rule, told)[0])


def _compile(setting: Setting) -> Sequence[RowTest | Limit]:
    return [test for rule in RULES for test in stops(setting, rule, ENTRIES)]


def _judge(setting: Setting, view: FirmView) -> Iterable[Consequence]:
    told = view.of(CapitalReported)
    for rule in filter(None, map(setting.rule, RULES)):
        if not told:
            yield from Breach(
                rule,
                "no return",
                setting.permission.valid_from_us,
                "not reported",
                "No return on capital came so far; what the permission was given on still counts.",
                lasting=False,
            ).warns(setting)
            continue
        run = breaching_since(told, partial(_short, setting, rule))
        if run is None:
            continue
        first, last = run
        text = _measured(setting, rule, last)[1]
        yield from Breach(
            rule,
            str(first.at_us),
            first.at_us,
            text,
            f"The return on capital shows {text}.",
            scope=Effect.PAUSE_FIRM,
        ).follows(setting)


CONTROL = Control("G27", TITLE, RULES, _compile)
FIRM = FirmControl("G27", TITLE, RULES, (CapitalReported,), _judge)
