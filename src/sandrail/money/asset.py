"""What can be owned and owed: rupees, a token, a share in a building."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from sandrail.money.errors import AmountError

__all__ = ["SCALE_MAX", "Asset", "AssetKind"]

SCALE_MAX = 18
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9.\-]{1,11}")


class AssetKind(StrEnum):
    """What an asset is by its economic function, not by its label."""

    FIAT = "fiat"
    ASSET_REFERENCED_TOKEN = "asset_referenced_token"
    FIAT_REFERENCED_TOKEN = "fiat_referenced_token"
    TOKENIZED_ASSET = "tokenized_asset"
    DIGITAL_CURRENCY = "digital_currency"
    VIRTUAL_ASSET = "virtual_asset"


@dataclass(frozen=True, slots=True)
class Asset:
    """Something amounts are counted in.

    Attributes:
        code: short name, ``PKR`` or ``PKRT``; 2 to 12 letters, digits, dots and hyphens.
        scale: decimal digits of the minor unit, 0 to 18; paisa are scale 2.
        kind: by economic function.
        caip19: the on-chain identifier, where there is a chain.
    """

    code: str
    scale: int
    kind: AssetKind
    caip19: str | None = None

    def __post_init__(self) -> None:
        if not _CODE.fullmatch(self.code):
            raise AmountError(
                f"{self.code!r} cannot be the code of an asset.",
                why="A code has 2 to 12 letters, digits, dots or hyphens and starts with a letter.",
                fix="Use the ISO 4217 code for money and the token's symbol otherwise.",
                code="money.bad_asset",
            )
        if not 0 <= self.scale <= SCALE_MAX:
            raise AmountError(
                f"The asset {self.code} cannot have {self.scale} decimal digits.",
                why=f"A scale lies between 0 and {SCALE_MAX}.",
                fix="Give the number of digits of the smallest unit: 2 for paisa, 18 for wei.",
                code="money.bad_asset",
            )
