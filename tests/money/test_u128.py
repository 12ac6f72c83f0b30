"""128-bit arithmetic in two halves, against Python's own integers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandrail.money import AmountError, add128, join128, le128, lt128, split128, sub128
from sandrail.world.jit import kernel

edges = st.sampled_from([0, 1, 2**63, 2**64 - 1, 2**64, 2**127, 2**128 - 1])
numbers = st.integers(0, 2**128 - 1) | edges


@kernel
def everything(a: np.ndarray, b: np.ndarray, out: np.ndarray, flags: np.ndarray) -> None:
    hi, lo, over = add128(a[0], a[1], b[0], b[1])
    out[0], out[1], flags[0] = hi, lo, over
    hi, lo, under = sub128(a[0], a[1], b[0], b[1])
    out[2], out[3], flags[1] = hi, lo, under
    flags[2] = lt128(a[0], a[1], b[0], b[1])
    flags[3] = le128(a[0], a[1], b[0], b[1])


@given(numbers, numbers)
def test_halves_compute_as_whole_numbers_do(a: int, b: int) -> None:
    (a_hi, b_hi), (a_lo, b_lo) = split128([a, b])
    out, flags = np.zeros(4, dtype=np.uint64), np.zeros(4, dtype=np.bool_)
    everything(np.array([a_hi, a_lo]), np.array([b_hi, b_lo]), out, flags)
    total, difference = join128(out[0::2], out[1::2])
    assert total == (a + b) % 2**128 and bool(flags[0]) == (a + b >= 2**128)
    assert difference == (a - b) % 2**128 and bool(flags[1]) == (a < b)
    assert (bool(flags[2]), bool(flags[3])) == (a < b, a <= b)


@given(st.lists(numbers))
def test_splitting_and_joining_give_the_numbers_back(values: list[int]) -> None:
    assert join128(*split128(values)) == values


@pytest.mark.parametrize("value", [-1, 2**128])
def test_what_does_not_fit_is_refused(value: int) -> None:
    with pytest.raises(AmountError, match="does not fit in 128 bits"):
        split128([value])
