"""How much capital a firm needs: formulas as data, and the sum with its explanation."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass as plain_dataclass
from enum import StrEnum
from fractions import Fraction

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from sandrail.money import Asset, Money
from sandrail.rulebook.rule import decimal_fraction
from sandrail.rulebook.sources import Sourced
from sandrail.rulebook.texts import LocalText
from sandrail.rulebook.vocabulary import Status

__all__ = [
    "CapitalAnswer",
    "CapitalFormula",
    "CapitalLine",
    "CapitalSum",
    "capital_required",
]

_PERCENT = 100


class CapitalSum(StrEnum):
    """How the requirements of several activities come together."""

    SUM = "sum"
    LARGEST = "largest"


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class CapitalFormula:
    """The larger of a fixed amount and a share of a figure of the firm.

    Attributes:
        id: ``exchange_own_custody``.
        activity: the activity it belongs to.
        amount: decimal text in major units.
        unit: the currency.
        share_percent: decimal text; "0" when only the fixed amount counts.
        share_of: the firm's figure that the share is taken of, ``fixed_annual_overheads``.
        when: the circumstance in which it applies; empty for always.
    """

    id: str
    activity: str
    title: LocalText
    amount: str
    unit: str
    source: Sourced
    status: Status
    share_percent: str = "0"
    share_of: str = ""
    when: str = ""
    note: str = ""


@plain_dataclass(frozen=True, slots=True)
class CapitalLine:
    """One activity's requirement.

    Attributes:
        formula: the formula that decided.
        required: the amount; None when a figure of the firm is missing.
        because: the sentence that explains it.
    """

    formula: CapitalFormula
    required: Money | None
    because: str


@plain_dataclass(frozen=True, slots=True)
class CapitalAnswer:
    """What a firm needs in all.

    Attributes:
        required: the total; None when a figure is missing or currencies differ.
        lines: one line per activity.
        unanswered: activities for which the pack has no formula.
        because: how the lines come together.
    """

    required: Money | None
    lines: tuple[CapitalLine, ...]
    unanswered: tuple[str, ...]
    because: str


def capital_required(
    formulas: Sequence[CapitalFormula],
    *,
    activities: Sequence[str],
    figures: Mapping[str, Money],
    circumstances: Collection[str] = (),
    combine: CapitalSum = CapitalSum.SUM,
    assets: Mapping[str, Asset],
) -> CapitalAnswer:
    """Return the capital for a set of activities, each step explained.

    A formula with a circumstance is used when the circumstance is given, else the one without.
    """
    lines: list[CapitalLine] = []
    unanswered: list[str] = []
    for activity in activities:
        formula = _formula_for(formulas, activity, circumstances)
        if formula is None:
            unanswered.append(activity)
        else:
            lines.append(_line(formula, figures, assets))
    return CapitalAnswer(
        _together(lines, combine), tuple(lines), tuple(unanswered), _explain(lines, combine)
    )


def _formula_for(
    formulas: Sequence[CapitalFormula], activity: str, circumstances: Collection[str]
) -> CapitalFormula | None:
    fitting = [
        formula
        for formula in formulas
        if formula.activity == activity and (not formula.when or formula.when in circumstances)
    ]
    return next((one for one in fitting if one.when), fitting[0] if fitting else None)


def _line(
    formula: CapitalFormula, figures: Mapping[str, Money], assets: Mapping[str, Asset]
) -> CapitalLine:
    fixed = Money.parse(formula.amount, assets[formula.unit])
    percent = decimal_fraction(formula.share_percent) or Fraction(0)
    if not percent:
        return CapitalLine(formula, fixed, f"{fixed} for {formula.title} ({formula.source.title}).")
    figure = figures.get(formula.share_of)
    of = formula.share_of.replace("_", " ")
    if figure is None or figure.asset != fixed.asset:
        return CapitalLine(
            formula,
            None,
            f"The larger of {fixed} and {formula.share_percent} % of {of}, which was not given "
            f"in {formula.unit}.",
        )
    exact = figure.minor * percent / _PERCENT
    share = Money(fixed.asset, -(-exact.numerator // exact.denominator))
    larger = max(fixed, share, key=lambda money: money.minor)
    return CapitalLine(
        formula,
        larger,
        f"{larger}: the larger of {fixed} and {formula.share_percent} % of {of} {figure}, "
        f"which is {share} ({formula.source.title}).",
    )


def _together(lines: Sequence[CapitalLine], combine: CapitalSum) -> Money | None:
    amounts = [line.required for line in lines if line.required is not None]
    if not amounts or len(amounts) < len(lines) or len({one.asset for one in amounts}) > 1:
        return None
    if combine is CapitalSum.LARGEST:
        return max(amounts, key=lambda money: money.minor)
    return Money(amounts[0].asset, sum(money.minor for money in amounts))


def _explain(lines: Sequence[CapitalLine], combine: CapitalSum) -> str:
    if not lines:
        return "The pack has no capital formula for these activities."
    if len(lines) == 1:
        return "One activity, one requirement."
    if combine is CapitalSum.LARGEST:
        return f"The largest of {len(lines)} requirements counts."
    return f"The requirements of {len(lines)} activities add up."
