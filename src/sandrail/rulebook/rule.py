"""One rule: a value with its unit, its source, its legal status and the days on which it holds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Annotated, Final, Protocol

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic.dataclasses import dataclass
from pydantic_core import PydanticCustomError

from sandrail.money import Asset, Money
from sandrail.rulebook.errors import WrongAccessorError
from sandrail.rulebook.limits import ENTRIES_MAX, TEXT_CHARS_MAX
from sandrail.rulebook.sources import Sourced
from sandrail.rulebook.texts import LocalText
from sandrail.rulebook.units import DURATIONS_US, Dimension, dimension_of
from sandrail.rulebook.vocabulary import Bound, FirmAction, Outcome, Status

__all__ = ["RULE_ID", "Rule", "RuleValue", "Value", "bound_from_name", "decimal_fraction"]

RULE_ID: Final = re.compile(r"G[0-9]{2}\.[a-z][a-z0-9_]{1,58}")
_DECIMAL: Final = re.compile(r"[0-9]+(\.[0-9]+)?", re.ASCII)
_SUFFIXES: Final = {"_max": Bound.MAX, "_min": Bound.MIN, "_above": Bound.ABOVE}
_BASIS_POINTS_PER_PERCENT: Final = 100

Value = bool | int | str | tuple[str, ...]


def read_value(value: object) -> object:
    """Let through a yes/no, a whole number, a text, or a list of names; nothing else."""
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        if len(value) > ENTRIES_MAX:
            raise PydanticCustomError("rulebook.too_large", "holds too many names")
        return tuple(value)
    if isinstance(value, bool | int) or (isinstance(value, str) and len(value) <= TEXT_CHARS_MAX):
        return value
    raise PydanticCustomError(
        "rulebook.wrong_type", "is neither yes/no, a whole number, a text nor a list of names"
    )


RuleValue = Annotated[
    Value,
    BeforeValidator(read_value),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "boolean"},
                {"type": "integer"},
                {"type": "string"},
                {"type": "array", "items": {"type": "string"}},
            ]
        }
    ),
]


class HoldsAssets(Protocol):
    """Anything that knows assets by their code; a pack does."""

    @property
    def assets(self) -> Mapping[str, Asset]:
        """Assets by code."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Rule:
    """A rule of a pack, as it stands on some days.

    Attributes:
        id: ``Gxx.name``; the name's ending says the bound (``_max``, ``_min``, ``_above``).
        title: what the rule says, in a few words.
        value: decimal text in major units for money and for broken ratios, a whole number for
            counts and times, yes/no for flags, names for lists.
        unit: a currency code, or one of ``units.UNITS``.
        inclusive: for a limit, the value itself is still allowed; for ``above``, the duty already
            starts at the value itself.
        bound: which way the value binds.
        outcome: what the gate says to an instruction that crosses it.
        actions: what follows for the firm.
        warn_at_percent: a WARN is given from this share of the limit on; 0 for never.
        applies_to: customer classes or activities it is confined to; empty for all.
        source: where the value comes from.
        status: how firm it is in law.
        valid_from: first day on which it holds; None when the source names none.
        valid_to: last day on which it holds; None when open.
        strand: which of several laws on one matter this value belongs to, where there are several.
        note: what a reader should know.
        set_by: ``pack``, or the stage or condition that changed the value.
    """

    id: str
    title: LocalText
    value: RuleValue
    unit: str
    source: Sourced
    status: Status
    outcome: Outcome
    inclusive: bool = True
    bound: Bound = Bound.FACT
    actions: tuple[FirmAction, ...] = ()
    warn_at_percent: Annotated[int, Field(strict=True, ge=0, lt=100)] = 0
    applies_to: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    strand: str = ""
    note: str = ""
    set_by: str = "pack"

    @property
    def guardrail(self) -> str:
        """The guardrail it parametrises, ``G05``."""
        return self.id[:3]

    @property
    def dimension(self) -> Dimension:
        """What its unit measures."""
        return dimension_of(self.unit)

    @property
    def citation(self) -> str:
        """One line that a refusal can print: rule, source, status."""
        return f"{self.id} ({self.status.value}; {self.source.title}, {self.source.address})"

    @property
    def text(self) -> str:
        """The value as a person reads it: ``PKR 100,000``, ``24 hours``, ``yes``."""
        if isinstance(self.value, bool):
            return "yes" if self.value else "no"
        if isinstance(self.value, tuple):
            return ", ".join(self.value) or "none"
        if self.dimension is Dimension.MONEY:
            whole, point, part = str(self.value).partition(".")
            grouped = f"{int(whole):,}" if whole.isdecimal() else whole
            return f"{self.unit} {grouped}{point}{part}"
        if isinstance(self.value, int):
            unit = self.unit.replace("_", " ")
            return f"{self.value:,} {unit.removesuffix('s') if self.value == 1 else unit}"
        return f"{self.value} {self.unit.replace('_', ' ')}"

    def holds_on(self, day: date) -> bool:
        """Tell whether the rule is valid on ``day``; both end days belong to it."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )

    @property
    def integer(self) -> int:
        """The value of a count, a ratio in whole percent, or a time in its own unit."""
        if isinstance(self.value, int) and not isinstance(self.value, bool):
            return self.value
        raise self._unfit("a whole number")

    @property
    def flag(self) -> bool:
        """The value of a yes/no rule."""
        if isinstance(self.value, bool):
            return self.value
        raise self._unfit("yes or no")

    @property
    def names(self) -> tuple[str, ...]:
        """The value of a rule that lists names."""
        if isinstance(self.value, tuple):
            return self.value
        raise self._unfit("a list of names")

    @property
    def duration_us(self) -> int:
        """The value of a time of fixed length, in microseconds; a day counts 24 hours."""
        if self.unit in DURATIONS_US:
            return self.integer * DURATIONS_US[self.unit]
        raise self._unfit("a time of fixed length")

    @property
    def fraction(self) -> Fraction:
        """The value of a number or of decimal text, exactly."""
        if isinstance(self.value, str):
            number = decimal_fraction(self.value)
            if number is not None:
                return number
        return Fraction(self.integer)

    @property
    def basis_points(self) -> int:
        """The value of a ratio in hundredths of a percent."""
        points = self.fraction * _BASIS_POINTS_PER_PERCENT
        if self.dimension is not Dimension.RATIO or points.denominator != 1:
            raise self._unfit("a ratio in whole basis points")
        return int(points)

    def money(self, pack: HoldsAssets) -> Money:
        """Return the value as money.

        Args:
            pack: the pack, or anything else that knows the asset by its code.
        """
        asset = pack.assets.get(self.unit)
        if asset is None or not isinstance(self.value, str):
            raise self._unfit("an amount of money")
        return Money.parse(self.value, asset)

    def crossed_by(self, quantity: int | Fraction) -> bool:
        """Tell whether ``quantity`` (in the rule's own unit) breaks the limit or starts the duty.

        Money is compared in major units here; kernels compare minor units by the same law.
        """
        value = self.fraction
        match self.bound:
            case Bound.MAX:
                return quantity > value or (quantity == value and not self.inclusive)
            case Bound.MIN:
                return quantity < value or (quantity == value and not self.inclusive)
            case Bound.ABOVE:
                return quantity > value or (quantity == value and self.inclusive)
            case _:
                raise self._unfit("a limit on a quantity")

    def _unfit(self, wanted: str) -> WrongAccessorError:
        return WrongAccessorError(
            f"The rule {self.id} is not {wanted}.",
            why=f"Its value is {self.text}, in the unit {self.unit!r}.",
            fix="Read it by the accessor of its unit: money, integer, flag, names, duration_us.",
            rule=self.id,
            unit=self.unit,
        )


def bound_from_name(rule_id: str, *, unit: str) -> Bound:
    """Return the bound that a rule's name (and, failing that, its unit) implies."""
    for suffix, bound in _SUFFIXES.items():
        if rule_id.endswith(suffix):
            return bound
    match dimension_of(unit):
        case Dimension.FLAG:
            return Bound.MUST
        case Dimension.NAMES:
            return Bound.ALL
        case _:
            return Bound.FACT


def decimal_fraction(text: str) -> Fraction | None:
    """Return plain decimal text as an exact fraction, or None when it is something else."""
    return Fraction(text) if _DECIMAL.fullmatch(text) else None
