"""Instructions of a product as columns, built whole; no object per transfer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from sandrail.controls import Kind
from sandrail.money import split128
from sandrail.transfers import InstructionBatch

__all__ = ["derived_ids", "interleaved", "rows_of"]

Halves = npt.NDArray[np.uint64]

_DTYPES: dict[str, str] = {
    "asset": "<i4",
    "debtor": "<i8",
    "creditor": "<i8",
    "facts": "<u4",
    "pending_hi": "<u8",
    "pending_lo": "<u8",
    "two_step": "u1",
    "linked": "u1",
    "debit": "<i8",
    "credit": "<i8",
    "wallet": "<i8",
}
_ABSENT = {"debtor": -1, "creditor": -1, "debit": -1, "credit": -1}


def rows_of(
    kind: Kind, ids: tuple[Halves, Halves], *, amount_minor: npt.ArrayLike = 0, **columns: Any
) -> InstructionBatch:
    """Return a batch of one kind; every other column is a scalar or as long as ``ids``.

    Args:
        kind: of every row.
        ids: halves of the rows' ids.
        amount_minor: below 2**63.
        columns: any of asset, debtor, creditor, facts, pending_hi, pending_lo, two_step, linked,
            debit, credit, wallet; what is left out is absent.
    """
    count = len(ids[0])

    def column(values: npt.ArrayLike, dtype: str) -> npt.NDArray[Any]:
        return np.ascontiguousarray(np.broadcast_to(np.asarray(values, dtype=dtype), (count,)))

    filled = {
        name: column(columns.pop(name, _ABSENT.get(name, 0)), dtype)
        for name, dtype in _DTYPES.items()
    }
    assert not columns, f"no such column: {sorted(columns)}"
    return InstructionBatch(
        id_hi=np.ascontiguousarray(ids[0], dtype="<u8"),
        id_lo=np.ascontiguousarray(ids[1], dtype="<u8"),
        kind=column(int(kind), "u1"),
        amount_hi=column(0, "<u8"),
        amount_lo=column(amount_minor, "<u8"),
        timeout_us=column(0, "<i8"),
        **filled,
    )


def derived_ids(ids: Iterable[int]) -> tuple[Halves, Halves]:
    """Return the halves of 128-bit ids."""
    return split128(ids)


def interleaved(first: InstructionBatch, second: InstructionBatch) -> InstructionBatch:
    """Return rows one of ``first``, one of ``second``, and so on: chains of two."""
    pairs: Iterable[tuple[Any, Any]] = zip(first, second, strict=True)
    return InstructionBatch._make(np.stack(pair, axis=1).reshape(-1) for pair in pairs)
