"""Kernels on two encoded names: units paired, and the result described as features."""

from __future__ import annotations

import numpy as np

from sandrail.screening.encoding import (
    LIKE_MIN,
    UNITS_MAX,
    WORDS_MAX,
    PairScratch,
    Query,
    Scratch,
    encode_words,
)
from sandrail.screening.sounding import RAW_N, word_likeness
from sandrail.world.jit import I64, U64, Column, kernel, lean_part

__all__ = ["align", "align_pair"]

WEAK_NATS = np.float32(0.6)
"""A word that weighs less (a title, half of a compound) does not count as somebody's first name."""


@lean_part
def align(weight_a: Column, words: I64, weight_b: Column, size: I64,
          scratch: Scratch | PairScratch, cells: I64, out: Column) -> None:  # fmt: skip
    """Pair the units of two names greedily, heaviest agreement first, and describe the result.

    ``out`` receives the features that :mod:`model` weighs; see its ``FEATURE_NAMES``.
    """
    used_a, used_b, pairs, inversions, last_b = 0, 0, 0, 0, -1
    matched_a, matched_b, info, blur = 0.0, 0.0, 0.0, 0.0
    worst, exact, joined, where = 1.0, 0, 0, scratch.work
    for i in range(WORDS_MAX):
        where[i] = -1
    while True:
        best, best_i, best_j, best_near = np.float64(0.0), -1, -1, np.float64(0.0)
        for cell in range(cells):
            i, j = scratch.cell_units[cell] // 64, scratch.cell_units[cell] % 64
            if (_mask(i, words) & used_a) != 0 or (_mask(j, size) & used_b) != 0:
                continue
            near = np.float64(scratch.cell_near[cell])
            if (i >= WORDS_MAX or j >= WORDS_MAX) and near < 0.8:
                continue
            gain = (
                (_unit_weight(weight_a, i) + _unit_weight(weight_b, j) + 0.5) * near * near * near
            )
            if gain > best:
                best, best_i, best_j, best_near = gain, i, j, near
        if best_i < 0:
            break
        near = best_near
        own_a, own_b = _unit_weight(weight_a, best_i), _unit_weight(weight_b, best_j)
        used_a |= _mask(best_i, words)
        used_b |= _mask(best_j, size)
        matched_a += own_a * near
        matched_b += own_b * near
        info += min(own_a, own_b) * near * near
        blur += min(own_a, own_b) * (1.0 - near)
        worst = min(worst, near)
        exact += 1 if near >= 0.99 else 0
        joined += 1 if best_i >= WORDS_MAX or best_j >= WORDS_MAX else 0
        where[best_i % WORDS_MAX] = best_j % WORDS_MAX
        pairs += 1
    total_a, total_b = 0.01, 0.01
    for i in range(words):
        total_a += weight_a[i]
        if where[i] >= 0:
            inversions += 1 if where[i] < last_b else 0
            last_b = where[i]
    for j in range(size):
        total_b += weight_b[j]
    first = 0
    while first < words - 1 and weight_a[first] < WEAK_NATS:
        first += 1
    first_missing = 1.0 if words > 0 and (used_a & (1 << first)) == 0 else 0.0
    out[0], out[1], out[2] = 1.0, matched_a / total_a, matched_b / total_b
    out[3] = min(out[1], out[2])
    out[4] = min(info, 30.0) / 10.0
    out[5] = min(total_a - matched_a, 20.0) / 10.0
    out[6] = min(total_b - matched_b, 20.0) / 10.0
    out[7], out[8] = blur / 10.0, worst if pairs > 0 else 0.0
    out[9] = 1.0 if pairs > 0 and exact == pairs else 0.0
    out[10] = inversions / max(pairs, 1)
    out[11] = first_missing
    out[12] = 1.0 if pairs <= 1 else 0.0
    out[13] = 1.0 if words == 1 or size == 1 else 0.0
    out[14] = joined
    out[15] = pairs
    out[16] = 1.0 if words > 0 and (used_a >> (words - 1)) & 1 == 0 else 0.0
    out[17] = 1.0 if size > 0 and used_b & 1 == 0 else 0.0
    out[18] = 1.0 if size > 0 and (used_b >> (size - 1)) & 1 == 0 else 0.0


@lean_part
def _mask(unit: I64, words: I64) -> I64:
    """Return the words that a unit covers, as bits; 0 when the unit does not exist."""
    if unit < WORDS_MAX:
        return 1 << unit if unit < words else 0
    if unit - WORDS_MAX + 1 < words:
        return 3 << (unit - WORDS_MAX)
    return 0


@lean_part
def _unit_weight(weight: Column, unit: I64) -> U64:
    """A joined pair weighs what its two words weigh, so that shares stay shares."""
    if unit < WORDS_MAX:
        return weight[unit]
    return weight[unit - WORDS_MAX] + weight[unit - WORDS_MAX + 1]


@kernel
def align_pair(text_a: Column, text_b: Column, a: Query, b: Query, weights: Column,
               scratch: PairScratch, out: Column) -> None:  # fmt: skip
    """Compare two folded names directly; ``weights`` holds those of a's words and of b's."""
    words_a, words_b = encode_words(text_a, a), encode_words(text_b, b)
    cells = 0
    for i in range(WORDS_MAX):
        a.weight[i], b.weight[i] = weights[0, i], weights[1, i]
    for i in range(UNITS_MAX):
        if _mask(i, words_a) == 0 or a.word[i, RAW_N] == 0:
            continue
        for j in range(UNITS_MAX):
            if (
                _mask(j, words_b) == 0
                or b.word[j, RAW_N] == 0
                or (i >= WORDS_MAX and j >= WORDS_MAX)
            ):
                continue
            like = word_likeness(a.word, i, b.word, j, scratch.work)
            if i < WORDS_MAX and j < WORDS_MAX and (a.word[i, RAW_N] == 1 or b.word[j, RAW_N] == 1):
                like = 80 if a.word[i, 0] == b.word[j, 0] and a.word[i, 0] > 57 else 0
                like = 100 if like == 80 and a.word[i, RAW_N] == b.word[j, RAW_N] else like
            if like >= LIKE_MIN:
                scratch.cell_near[cells] = np.float32(like) * np.float32(0.01)
                scratch.cell_units[cells] = i * 64 + j
                cells += 1
    align(a.weight, words_a, b.weight, words_b, scratch, cells, out)
