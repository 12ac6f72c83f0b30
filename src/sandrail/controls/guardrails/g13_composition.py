"""G13: what a reserve is made of: allowed classes, spread over banks, soon money again."""

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
from sandrail.controls.kinds import Kind, mask
from sandrail.controls.program import Limit, RowTest
from sandrail.rulebook import Rule

__all__ = ["CONTROL", "FIRM", "ReserveComposed", "ReserveLine"]

CLASSES = "G13.classes_allowed"
SHARE = "G13.one_bank_share_max"
MATURITY = "G13.maturity_days_max"
RULES = (CLASSES, SHARE, MATURITY)
TITLE = "Reserve composition"
_PERCENT = 100


@dataclass(frozen=True, slots=True)
class ReserveLine:
    """One position of the reserve.

    Attributes:
        asset_class: in the pack's words; a class that nobody named is none that is allowed.
        bank: where it is held; empty when not at a bank.
        minor: value in the pack's currency.
        maturity_days: until it is money again; 0 on demand.
    """

    asset_class: str
    bank: str
    minor: int
    maturity_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReserveComposed(Observation):
    """What the reserve consists of, as of an instant."""

    lines: tuple[ReserveLine, ...]


def _strange(rule: Rule, told: ReserveComposed) -> str:
    names = [one.asset_class for one in told.lines if one.asset_class not in rule.names]
    return ", ".join(dict.fromkeys(name or "a class nobody named" for name in names))


def _largest(told: ReserveComposed) -> tuple[str, Fraction]:
    total = sum(one.minor for one in told.lines)
    at_bank: dict[str, int] = {}
    for one in told.lines:
        if one.bank:
            at_bank[one.bank] = at_bank.get(one.bank, 0) + one.minor
    if not at_bank or total <= 0:
        return "", Fraction(0)
    bank = max(at_bank, key=lambda name: (at_bank[name], name))
    return bank, Fraction(_PERCENT * at_bank[bank], total)


def _longest(told: ReserveComposed) -> int:
    return max((one.maturity_days for one in told.lines), default=0)


def _wrong(setting: Setting, rule: Rule, told: ReserveComposed) -> tuple[str, str] | None:
    """Return value and sentence when a reserve breaks a rule."""
    if rule.id == CLASSES:
        names = _strange(rule, told)
        return (names, f"The reserve holds {names}.") if names else None
    if rule.id == SHARE:
        bank, share = _largest(told)
        text = f"{share.numerator // share.denominator} percent"
        total = money(setting, sum(one.minor for one in told.lines))
        said = f"{bank} holds {text} of a reserve of {total}."
        return (text, said) if rule.crossed_by(share) else None
    days = _longest(told)
    text = f"{days} days"
    said = f"A part of the reserve is bound for {text}."
    return (text, said) if rule.crossed_by(days) else None


def _is_wrong(setting: Setting, rule: Rule, told: ReserveComposed) -> bool:
    return _wrong(setting, rule, told) is not None


def _compile(setting: Setting) -> Sequence[RowTest | Limit]:
    return [test for rule in RULES for test in stops(setting, rule, mask(Kind.ISSUE))]


def _judge(setting: Setting, view: FirmView) -> Iterable[Consequence]:
    for rule in filter(None, map(setting.rule, RULES)):
        run = breaching_since(view.of(ReserveComposed), partial(_is_wrong, setting, rule))
        if run is None:
            continue
        first, last = run
        value, because = _wrong(setting, rule, last) or ("", "")
        yield from Breach(
            rule, str(first.at_us), first.at_us, value, because, scope=Effect.PAUSE_ISSUE
        ).follows(setting)


CONTROL = Control("G13", TITLE, RULES, _compile)
FIRM = FirmControl("G13", TITLE, RULES, (ReserveComposed,), _judge)
