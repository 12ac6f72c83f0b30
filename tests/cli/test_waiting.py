"""Whoever waits for a kernel to be compiled is told so, once."""

from __future__ import annotations

import numba

from sandrail.cli.waiting import tell_of_compiling


def test_the_first_kernel_that_is_compiled_is_announced_and_no_other() -> None:
    said: list[str] = []
    stop = tell_of_compiling(said.append)
    for step in (1, 2):
        numba.njit(lambda number, step=step: number + step)(1)
    assert len(said) == 1 and "once" in said[0]
    stop()
    numba.njit(lambda number: number + 3)(1)
    assert len(said) == 1, "nobody listens any more"
