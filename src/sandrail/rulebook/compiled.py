"""Rules in the form that gates and other machines read: integers in base units, one hash."""

from __future__ import annotations

from dataclasses import dataclass

from sandrail.rulebook.pack import Pack
from sandrail.rulebook.resolve import RuleSet
from sandrail.rulebook.rule import Rule
from sandrail.rulebook.units import DURATIONS_US, Dimension
from sandrail.world import digest

__all__ = ["CompiledRules", "compile_rules"]


@dataclass(frozen=True, slots=True)
class CompiledRules:
    """A rule set as plain data.

    Attributes:
        rows: one map per rule, by id: ``id, bound, quantity, unit, inclusive, outcome, actions``.
            Money is in minor units, fixed times in microseconds, ratios are exact fractions of
            percent as text, flags are 0 or 1, names are lists.
        content_hash: SHA-256 of the canonical form of the rows.
    """

    rows: tuple[dict[str, object], ...]
    content_hash: str


def compile_rules(rules: RuleSet, *, pack: Pack) -> CompiledRules:
    """Return the rule set in base units, with the hash that evidence can cite.

    Two rule sets have the same hash exactly if a gate would decide alike under both.
    """
    rows = tuple(_row(rule, pack) for rule in rules)
    return CompiledRules(rows, digest(rows))


def _row(rule: Rule, pack: Pack) -> dict[str, object]:
    quantity, unit = _quantity(rule, pack)
    return {
        "id": rule.id,
        "bound": rule.bound.value,
        "quantity": quantity,
        "unit": unit,
        "inclusive": rule.inclusive,
        "outcome": rule.outcome.rank,
        "actions": [action.value for action in rule.actions],
        "warn_at_percent": rule.warn_at_percent,
        "applies_to": list(rule.applies_to),
    }


def _quantity(rule: Rule, pack: Pack) -> tuple[int | str | list[str], str]:
    if rule.dimension is Dimension.MONEY:
        return rule.money(pack).minor, f"{rule.unit} minor"
    if rule.dimension is Dimension.FLAG:
        return int(rule.flag), "flag"
    if rule.dimension is Dimension.NAMES:
        return list(rule.names), "names"
    if rule.unit in DURATIONS_US:
        return rule.duration_us, "us"
    fraction = rule.fraction
    if rule.dimension is Dimension.RATIO:
        return f"{fraction.numerator}/{fraction.denominator}", "percent"
    return rule.integer, rule.unit
