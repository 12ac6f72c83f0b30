"""Whether the parts of one rule fit together: id, unit, value, bound, dates, status, source."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from sandrail.money import AmountError, Asset, Money
from sandrail.rulebook.catalogue import GUARDRAILS
from sandrail.rulebook.errors import Problem
from sandrail.rulebook.limits import QUANTITY_MAX
from sandrail.rulebook.rule import RULE_ID, Rule, bound_from_name, decimal_fraction
from sandrail.rulebook.units import UNITS, Dimension
from sandrail.rulebook.vocabulary import Bound, SourceKind, Status

__all__ = ["rule_problems", "source_problem", "unit_is_known", "value_problem"]

_QUANTITY_BOUNDS = frozenset({Bound.MAX, Bound.MIN, Bound.ABOVE, Bound.FACT})
_BOUNDS: dict[Dimension, frozenset[Bound]] = {
    Dimension.MONEY: _QUANTITY_BOUNDS,
    Dimension.COUNT: _QUANTITY_BOUNDS,
    Dimension.DURATION: _QUANTITY_BOUNDS,
    Dimension.CALENDAR: _QUANTITY_BOUNDS,
    Dimension.RATIO: _QUANTITY_BOUNDS,
    Dimension.FLAG: frozenset({Bound.MUST, Bound.MAY}),
    Dimension.NAMES: frozenset({Bound.ONLY, Bound.ALL}),
}


def unit_is_known(unit: str, *, assets: Mapping[str, Asset]) -> bool:
    """Tell whether the unit is one of ours or a currency that the pack declares."""
    return unit in UNITS or unit in assets


def value_problem(rule: Rule, *, assets: Mapping[str, Asset]) -> str | None:
    """Return what is wrong with the rule's value for its unit, or None."""
    return _VALUE_CHECKS[rule.dimension](rule, assets)


def rule_problems(rule: Rule, *, assets: Mapping[str, Asset], where: str) -> Iterator[Problem]:
    """Yield every defect of one rule taken by itself."""
    if not RULE_ID.fullmatch(rule.id):
        yield Problem(
            "bad_id",
            f"{where}.id",
            f"{rule.id!r} is not the id of a rule.",
            "Write the guardrail, a dot and a name in small letters: G05.transfer_max.",
        )
    elif rule.guardrail not in GUARDRAILS:
        yield Problem(
            "unknown_guardrail",
            f"{where}.id",
            f"There is no guardrail {rule.guardrail}.",
            "Choose one of G01 to G35, as docs/concepts/rulebook.md lists them.",
        )
    if not unit_is_known(rule.unit, assets=assets):
        yield Problem(
            "bad_unit",
            f"{where}.unit",
            f"{rule.unit!r} is not a unit.",
            f"Use a currency among the pack's assets ({', '.join(assets)}) or one of "
            f"{', '.join(sorted(UNITS))}.",
        )
    else:
        yield from _value_and_bound(rule, assets, where)
    if rule.valid_from and rule.valid_to and rule.valid_to < rule.valid_from:
        yield Problem(
            "dates_reversed",
            f"{where}.valid_to",
            f"{rule.valid_to} lies before valid_from, {rule.valid_from}.",
            "valid_to is the last day on which the rule holds.",
        )
    problem = source_problem(rule.status, rule.source.kind, where=where)
    if problem:
        yield problem


def source_problem(status: Status, kind: SourceKind, *, where: str) -> Problem | None:
    """A placeholder is ours and says so; a law never is."""
    if (status is Status.PLACEHOLDER) == (kind is SourceKind.OURS):
        return None
    if status is Status.PLACEHOLDER:
        what = f"A placeholder cites a source of kind {kind.value!r}."
        fix = "Give the source of kind 'ours'; mention the idea's origin in the note."
    else:
        what = f"The status is {status.value!r}, but the source is our own."
        fix = "Cite who said so, or set the status to 'placeholder'."
    return Problem("placeholder_source", f"{where}.source", what, fix)


def _value_and_bound(rule: Rule, assets: Mapping[str, Asset], where: str) -> Iterator[Problem]:
    problem = value_problem(rule, assets=assets)
    if problem:
        yield Problem(
            "bad_value",
            f"{where}.value",
            f"{rule.value!r} does not fit the unit {rule.unit!r}: {problem}.",
            "See the table of units in docs/guides/write-a-pack.md.",
        )
    implied = bound_from_name(rule.id, unit=rule.unit)
    named = implied in (Bound.MAX, Bound.MIN, Bound.ABOVE)
    if rule.bound not in _BOUNDS[rule.dimension] or (named and rule.bound is not implied):
        yield Problem(
            "bad_bound",
            f"{where}.bound",
            f"The bound {rule.bound.value!r} contradicts the name or the unit {rule.unit!r}.",
            f"Leave the key out, which means {implied.value!r}, or rename the rule.",
        )


def _money_problem(rule: Rule, assets: Mapping[str, Asset]) -> str | None:
    if not isinstance(rule.value, str):
        return "money is written as decimal text in quotes, in major units"
    try:
        Money.parse(rule.value, assets[rule.unit])
    except AmountError as error:
        return error.what.rstrip(".")
    return None


def _whole_problem(rule: Rule, assets: Mapping[str, Asset]) -> str | None:
    del assets
    if isinstance(rule.value, bool) or not isinstance(rule.value, int):
        return "a whole number without quotes is needed"
    if rule.value > QUANTITY_MAX:
        return f"a count or a time is at most {QUANTITY_MAX:,}"
    return "a count or a time is not negative" if rule.value < 0 else None


def _ratio_problem(rule: Rule, assets: Mapping[str, Asset]) -> str | None:
    if isinstance(rule.value, str):
        return None if decimal_fraction(rule.value) is not None else "it is not decimal text"
    return _whole_problem(rule, assets)


def _flag_problem(rule: Rule, assets: Mapping[str, Asset]) -> str | None:
    del assets
    return None if isinstance(rule.value, bool) else "true or false is needed, without quotes"


def _names_problem(rule: Rule, assets: Mapping[str, Asset]) -> str | None:
    del assets
    if not isinstance(rule.value, tuple):
        return "a list of names is needed"
    if len(set(rule.value)) < len(rule.value) or not all(name.strip() for name in rule.value):
        return "names are not empty and appear once"
    return None


_VALUE_CHECKS: dict[Dimension, Callable[[Rule, Mapping[str, Asset]], str | None]] = {
    Dimension.MONEY: _money_problem,
    Dimension.COUNT: _whole_problem,
    Dimension.DURATION: _whole_problem,
    Dimension.CALENDAR: _whole_problem,
    Dimension.RATIO: _ratio_problem,
    Dimension.FLAG: _flag_problem,
    Dimension.NAMES: _names_problem,
}
