"""What an amount of an asset is worth in the pack's currency, rounded up against the firm."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sandrail.controls import AssetTerms

__all__ = ["VALUE_MINOR_MAX", "values_of"]

VALUE_MINOR_MAX = 2**62
"""A larger value is recorded as this one, which every limit refuses."""

_FAST_MAX = 2**62


def values_of(
    terms: tuple[AssetTerms, ...],
    asset: npt.NDArray[np.int32],
    amount_hi: npt.NDArray[np.uint64],
    amount_lo: npt.NDArray[np.uint64],
) -> npt.NDArray[np.int64]:
    """Return the value of each row in minor units of the pack's currency."""
    values = np.empty(asset.shape[0], dtype=np.int64)
    for index, term in enumerate(terms):
        rows = slice(None) if len(terms) == 1 else np.flatnonzero(asset == index)
        values[rows] = _one_asset(term, amount_hi[rows], amount_lo[rows])
    return values


def _one_asset(
    term: AssetTerms, hi: npt.NDArray[np.uint64], lo: npt.NDArray[np.uint64]
) -> npt.NDArray[np.int64]:
    numerator, denominator = term.price_numerator, term.price_denominator
    if not hi.any() and (lo.size == 0 or int(lo.max()) <= _FAST_MAX // numerator - denominator):
        units = lo.astype(np.int64)
        return units if numerator == denominator else -(-(units * numerator) // denominator)
    exact = [(h << 64 | n) * numerator for h, n in zip(hi.tolist(), lo.tolist(), strict=True)]
    return np.array([min(-(-v // denominator), VALUE_MINOR_MAX) for v in exact], dtype=np.int64)
