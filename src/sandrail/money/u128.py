"""Unsigned 128-bit numbers as two ``uint64`` columns, in NumPy and inside kernels.

An 18-decimals token overflows 64 bits at 18 units, so every amount and balance has two halves.
Inside a kernel never mix ``int64`` with ``uint64``: the compiler would answer with a float.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from sandrail.money.errors import AmountError
from sandrail.world.jit import U64, kernel_part

__all__ = ["add128", "join128", "le128", "lt128", "split128", "sub128"]

Halves = npt.NDArray[np.uint64]
_MASK = 2**64 - 1


def split128(values: Iterable[int]) -> tuple[Halves, Halves]:
    """Return the high and low halves of integers 0 to 2**128 - 1 as two ``uint64`` arrays."""
    numbers = list(values)
    for number in numbers:
        if not 0 <= number < 2**128:
            raise AmountError(
                f"{number} does not fit in 128 bits.",
                why="Ids and amounts are unsigned 128-bit numbers.",
                fix="Check the scale of the asset and the sign of the amount.",
                code="money.out_of_range",
            )
    high = np.array([number >> 64 for number in numbers], dtype=np.uint64)
    low = np.array([number & _MASK for number in numbers], dtype=np.uint64)
    return high, low


def join128(high: Halves, low: Halves) -> list[int]:
    """Return Python integers from two ``uint64`` arrays of equal length."""
    return [(h << 64) | n for h, n in zip(high.tolist(), low.tolist(), strict=True)]


@kernel_part
def add128(a_hi: U64, a_lo: U64, b_hi: U64, b_lo: U64) -> tuple[U64, U64, bool]:
    """Return the sum's halves and whether it overflowed 128 bits."""
    lo = a_lo + b_lo
    carry = np.uint64(1) if lo < a_lo else np.uint64(0)
    partial = a_hi + b_hi
    hi = partial + carry
    overflow = partial < a_hi or hi < partial
    return hi, lo, overflow


@kernel_part
def sub128(a_hi: U64, a_lo: U64, b_hi: U64, b_lo: U64) -> tuple[U64, U64, bool]:
    """Return the difference's halves and whether it went below zero."""
    lo = a_lo - b_lo
    borrow = np.uint64(1) if a_lo < b_lo else np.uint64(0)
    hi = a_hi - b_hi - borrow
    negative = a_hi < b_hi or (a_hi == b_hi and a_lo < b_lo)
    return hi, lo, negative


@kernel_part
def lt128(a_hi: U64, a_lo: U64, b_hi: U64, b_lo: U64) -> bool:
    """Return whether a < b."""
    return bool(a_hi < b_hi or (a_hi == b_hi and a_lo < b_lo))


@kernel_part
def le128(a_hi: U64, a_lo: U64, b_hi: U64, b_lo: U64) -> bool:
    """Return whether a <= b."""
    return bool(a_hi < b_hi or (a_hi == b_hi and a_lo <= b_lo))
