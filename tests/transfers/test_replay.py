"""Inline and replayed verdicts are equal to the bit, and a fault in either is noticed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sandrail.transfers import ReplayMismatch
from tests.transfers.replay_ten_million import compare_world, faulty_replay

TRANSFERS = int(os.environ.get("SANDRAIL_EXAMPLES", "20000"))


@pytest.mark.parametrize(("seed", "rows"), [(101, 512), (102, 8_190)])
def test_inline_and_replayed_verdicts_are_equal_to_the_bit(
    seed: int, rows: int, tmp_path: Path
) -> None:
    compared = compare_world(seed, TRANSFERS, tmp_path, rows=rows)
    assert compared.transfers >= TRANSFERS
    told = compared.outcomes
    assert {"POSTED", "HELD", "PENDING", "VOIDED", "REFUSED_BY_GATE", "LINKED_FAILED"} <= set(told)


def test_a_replay_that_counts_otherwise_is_noticed(tmp_path: Path) -> None:
    with faulty_replay(), pytest.raises((ReplayMismatch, AssertionError)):
        compare_world(103, 4_000, tmp_path, rows=512)
