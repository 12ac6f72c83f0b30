"""Money: an integer number of minor units of one asset. No float comes near it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sandrail.money.asset import Asset
from sandrail.money.errors import AmountError

__all__ = ["MINOR_MAX", "Money"]

MINOR_MAX = 2**128 - 1
AMOUNT_CHARS_MAX = 64
_AMOUNT = re.compile(r"(?P<whole>[0-9]+(?:,[0-9]{2,3})*)(?:\.(?P<part>[0-9]+))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of one asset.

    Attributes:
        asset: what is counted.
        minor: how many minor units, 0 to 2**128 - 1.
    """

    asset: Asset
    minor: int

    def __post_init__(self) -> None:
        if not isinstance(self.minor, int) or isinstance(self.minor, bool):
            raise AmountError(
                f"{self.minor!r} is not a whole number of minor units.",
                why=f"Amounts of {self.asset.code} are integers.",
                fix="Use Money.parse for text.",
            )
        if not 0 <= self.minor <= MINOR_MAX:
            raise AmountError(
                f"{self.minor} minor units of {self.asset.code} are out of range.",
                why="An amount is at least 0 and fits in 128 bits.",
                fix="Turn a negative amount into a transfer the other way round.",
                code="money.out_of_range",
            )

    @classmethod
    def parse(cls, text: str, asset: Asset) -> Money:
        """Read ``"1,250.50"``; too many decimal digits are refused, never rounded."""
        match = _AMOUNT.fullmatch(text.strip()) if len(text) <= AMOUNT_CHARS_MAX else None
        if match is None:
            raise AmountError(
                f"{text[:AMOUNT_CHARS_MAX]!r} is not an amount of {asset.code}.",
                why="An amount has digits, thousands commas if you like, and one decimal point.",
                fix="Write 1250.50 or 1,250.50.",
            )
        part = match["part"] or ""
        if len(part) > asset.scale:
            raise AmountError(
                f"{text!r} has {len(part)} decimal digits.",
                why=f"{asset.code} has {asset.scale}; rounding would create or destroy money.",
                fix=f"Write at most {asset.scale} digits after the point.",
                code="money.wrong_scale",
            )
        whole = match["whole"].replace(",", "")
        return cls(asset, int(whole + part.ljust(asset.scale, "0")))

    def text(self, *, grouped: bool = True) -> str:
        """Return the amount in major units, all decimal digits shown, without the asset's code."""
        whole, part = divmod(self.minor, 10**self.asset.scale)
        head = f"{whole:,}" if grouped else str(whole)
        return f"{head}.{part:0{self.asset.scale}d}" if self.asset.scale else head

    def __str__(self) -> str:
        return f"{self.asset.code} {self.text()}"

    def __add__(self, other: Money) -> Money:
        self._require_same(other)
        return Money(self.asset, self.minor + other.minor)

    def __sub__(self, other: Money) -> Money:
        self._require_same(other)
        return Money(self.asset, self.minor - other.minor)

    def __lt__(self, other: Money) -> bool:
        self._require_same(other)
        return self.minor < other.minor

    def __le__(self, other: Money) -> bool:
        self._require_same(other)
        return self.minor <= other.minor

    def _require_same(self, other: Money) -> None:
        if other.asset != self.asset:
            raise AmountError(
                f"{self.asset.code} and {other.asset.code} do not add up.",
                why="Amounts of different assets have no common unit.",
                fix="Convert through a rate first.",
                code="money.mixed_assets",
            )
