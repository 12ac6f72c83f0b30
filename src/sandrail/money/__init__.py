"""Assets and amounts: integers in minor units, up to 128 bits."""

from sandrail.money.amount import MINOR_MAX, Money
from sandrail.money.asset import SCALE_MAX, Asset, AssetKind
from sandrail.money.errors import AmountError
from sandrail.money.u128 import add128, join128, le128, lt128, split128, sub128

__all__ = [
    "MINOR_MAX",
    "SCALE_MAX",
    "AmountError",
    "Asset",
    "AssetKind",
    "Money",
    "add128",
    "join128",
    "le128",
    "lt128",
    "split128",
    "sub128",
]
