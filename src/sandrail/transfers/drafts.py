"""Facts of the ledger that a desk writes: its assets and accounts."""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from sandrail.journal import encode_frame, json_payload
from sandrail.money import Asset
from sandrail.transfers.floor import Floor

__all__ = ["draft_accounts", "draft_asset"]


def draft_asset(number: int, asset: Asset) -> tuple[str, bytes]:
    """Return the fact that an asset has a number."""
    plain: dict[str, object] = {
        "asset_no": number,
        "code": asset.code,
        "scale": asset.scale,
        "kind": asset.kind.value,
        "caip19": asset.caip19,
    }
    return "ledger.asset_defined", json_payload(plain)


def draft_accounts(floor: Floor, columns: dict[str, npt.NDArray[Any]]) -> tuple[str, bytes]:
    """Return the fact that the next accounts of the book were opened."""
    payload = encode_frame(columns, {"first": floor.book.account_count})
    return "ledger.accounts_opened", payload
