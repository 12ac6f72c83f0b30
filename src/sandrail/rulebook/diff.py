"""Where one pack exceeds, equals or falls short of another, or of itself on another day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction
from math import lcm

from sandrail.rulebook.pack import Pack
from sandrail.rulebook.resolve import RuleSet, is_tighter
from sandrail.rulebook.rule import Rule, decimal_fraction
from sandrail.rulebook.units import Dimension

__all__ = ["PackDiff", "RuleDiff", "Standing", "diff_dates", "diff_packs", "diff_rules"]

_MONEY_DIGITS = 2


class Standing(StrEnum):
    """How the left rule stands to the right one."""

    EXCEEDS = "exceeds"
    EQUALS = "equals"
    FALLS_SHORT = "falls short"
    DIFFERS = "differs"
    ONLY_LEFT = "only here"
    ONLY_RIGHT = "only there"


@dataclass(frozen=True, slots=True)
class RuleDiff:
    """One rule in two packs.

    Attributes:
        rule_id: its id in both.
        standing: how the left one stands to the right one; to exceed is to be stricter.
        left: the left rule, if it has one.
        right: the right rule, if it has one.
        because: why, in one sentence.
    """

    rule_id: str
    standing: Standing
    left: Rule | None
    right: Rule | None
    because: str

    def as_plain(self) -> dict[str, object]:
        """The row as plain data, for ``--json``."""
        return {
            "rule": self.rule_id,
            "standing": self.standing.value,
            "left": self.left.text if self.left else None,
            "left_status": self.left.status.value if self.left else None,
            "right": self.right.text if self.right else None,
            "right_status": self.right.status.value if self.right else None,
            "because": self.because,
        }


@dataclass(frozen=True, slots=True)
class PackDiff:
    """Two sets of rules, side by side.

    Attributes:
        left: name of the left side.
        right: name of the right side.
        rows: one row per rule that either side has, by id.
    """

    left: str
    right: str
    rows: tuple[RuleDiff, ...]

    def count(self, standing: Standing) -> int:
        """Return how many rows have a standing."""
        return sum(row.standing is standing for row in self.rows)

    @property
    def by_concern(self) -> tuple[RuleDiff, ...]:
        """The rows in the order in which an analyst reads them: where the left falls short first.

        Rules that only the left side has come last.
        """
        return tuple(sorted(self.rows, key=lambda row: _CONCERN.index(row.standing)))

    @property
    def changed(self) -> tuple[RuleDiff, ...]:
        """The rows that are not equal."""
        return tuple(row for row in self.rows if row.standing is not Standing.EQUALS)


def diff_packs(left: Pack, right: Pack, *, on: date | None = None) -> PackDiff:
    """Compare two packs on a day: the later day of publication when none is given.

    Amounts of two currencies are compared at the rates that either pack states, and the row says
    so; without a rate they only differ.
    """
    day = on or max(left.published, right.published)
    rates = _rates(left) | {unit: 1 / rate for unit, rate in _rates_into(right, left).items()}
    rows = _rows(left.in_force(day), right.in_force(day), rates=rates)
    return PackDiff(left.id, right.id, tuple(rows))


def diff_dates(pack: Pack, before: date, *, after: date) -> PackDiff:
    """Compare what applies under one pack on two days, the later day on the left."""
    rows = _rows(pack.in_force(after), pack.in_force(before), rates={})
    return PackDiff(
        f"{pack.id} on {after.isoformat()}", f"{pack.id} on {before.isoformat()}", tuple(rows)
    )


def diff_rules(left: RuleSet, right: RuleSet) -> tuple[RuleDiff, ...]:
    """Compare two sets of rules of one pack, such as what binds a firm under two versions of it."""
    return tuple(_rows(left, right, rates={}))


def _rates(pack: Pack) -> dict[str, Fraction]:
    """Return what one foreign unit is worth in the pack's currency."""
    found = {rate.unit: decimal_fraction(rate.value) for rate in pack.rates}
    return {unit: value for unit, value in found.items() if value}


def _rates_into(right: Pack, left: Pack) -> dict[str, Fraction]:
    rate = _rates(right).get(left.currency_code)
    return {right.currency_code: rate} if rate else {}


def _rows(left: RuleSet, right: RuleSet, *, rates: Mapping[str, Fraction]) -> Iterable[RuleDiff]:
    for rule_id in sorted({rule.id for rule in left} | {rule.id for rule in right}):
        yield _row(rule_id, left.get(rule_id), right.get(rule_id), rates)


def _row(
    rule_id: str, one: Rule | None, other: Rule | None, rates: Mapping[str, Fraction]
) -> RuleDiff:
    if one is None or other is None:
        standing = Standing.ONLY_LEFT if one else Standing.ONLY_RIGHT
        return RuleDiff(rule_id, standing, one, other, "The other side has no such rule.")
    pair, how = _in_one_unit(one, other, rates)
    if pair is None or one.bound is not other.bound:
        return RuleDiff(rule_id, Standing.DIFFERS, one, other, how or "They bind in other ways.")
    standing = _STANDINGS[is_tighter(pair[0], pair[1]), is_tighter(pair[1], pair[0])]
    because = f"{one.text} {_VERBS[standing]} {other.text}{how}{_edge(*pair)}."
    return RuleDiff(rule_id, standing, one, other, because)


_STANDINGS = {
    (True, True): Standing.EQUALS,
    (True, False): Standing.EXCEEDS,
    (False, True): Standing.FALLS_SHORT,
    (False, False): Standing.DIFFERS,
}
_CONCERN = (
    Standing.FALLS_SHORT,
    Standing.DIFFERS,
    Standing.EXCEEDS,
    Standing.EQUALS,
    Standing.ONLY_RIGHT,
    Standing.ONLY_LEFT,
)

_VERBS = {
    Standing.EQUALS: "is as strict as",
    Standing.EXCEEDS: "is stricter than",
    Standing.FALLS_SHORT: "is looser than",
    Standing.DIFFERS: "cannot be ranked against",
}


def _in_one_unit(
    one: Rule, other: Rule, rates: Mapping[str, Fraction]
) -> tuple[tuple[Rule, Rule] | None, str]:
    """Return both rules with values that can be compared exactly, and words on how.

    Nothing comes back when there is no way. Nought is nought in every currency, so no rate is
    needed against it.
    """
    if one.unit == other.unit:
        return (one, other), ""
    if one.dimension is not Dimension.MONEY or other.dimension is not Dimension.MONEY:
        return None, f"{one.unit} and {other.unit} are not compared."
    rate = rates.get(other.unit)
    if not one.fraction or not other.fraction:
        return (one, replace(other, unit=one.unit)), ""
    if rate is None:
        return None, f"Neither pack states a rate between {one.unit} and {other.unit}."
    mine, theirs = one.fraction, other.fraction * rate
    scale = lcm(mine.denominator, theirs.denominator)
    pair = (
        replace(one, value=str(int(mine * scale))),
        replace(other, value=str(int(theirs * scale)), unit=one.unit),
    )
    shown = replace(other, unit=one.unit, value=_decimal_text(theirs))
    return pair, f" (about {shown.text} at the pack's rate)"


def _decimal_text(number: Fraction) -> str:
    scaled = round(number * 10**_MONEY_DIGITS)
    whole, part = divmod(scaled, 10**_MONEY_DIGITS)
    return f"{whole}.{part:0{_MONEY_DIGITS}d}" if part else str(whole)


def _edge(one: Rule, other: Rule) -> str:
    if one.value != other.value or one.inclusive == other.inclusive:
        return ""
    return " by the value itself, which only one side includes"
