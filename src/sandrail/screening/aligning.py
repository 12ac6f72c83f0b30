"""Kernels on two encoded names: units paired, and the result described as features."""

from __future__ import annotations

import numpy as np

from sandrail.screening.encoding import (
    CELLS_MAX,
    FEATURES,
    LIKE_MIN,
    WORDS_MAX,
    WORK_CELLS,
    PairScratch,
    Scratch,
    encode_words,
    new_query,
)
from sandrail.screening.sounding import RAW_N, word_likeness
from sandrail.world.jit import I64, U64, Column, kernel, lean_part

__all__ = ["NAMES_PART", "align", "align_pair"]

NAMES_PART = 10
"""The byte between two names in one buffer: a line feed, which no folded name holds."""

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
def align_pair(packed: Column, count: I64, weights: Column, out: Column) -> U64:
    """Describe how two names agree, and weigh it.

    Everything arrives in one buffer, and memory is taken and given back here: each array that
    Python passes costs as much as comparing two words.

    Args:
        packed: the information of each word of the first name, then of the second, in four bytes;
            then the folded words of both, parted by spaces, and a line feed between the names.
        count: words of both names together.
        weights: what each feature adds to the log-odds.
        out: receives the features, then for each word of the first name the number of the word of
            the second that it was paired with, or -1.

    Returns:
        The log-odds.
    """
    a, b = new_query(), new_query()
    scratch = PairScratch(
        np.empty(WORK_CELLS, np.int64),
        np.empty(CELLS_MAX, np.float32),
        np.empty(CELLS_MAX, np.int64),
    )
    nats, text = packed[: 4 * count].view(np.float32), packed[4 * count :]
    end = 0
    while text[end] != NAMES_PART:
        end += 1
    words_a, words_b = encode_words(text[:end], a), encode_words(text[end + 1 :], b)
    for i in range(words_a):
        a.weight[i] = nats[i]
    for j in range(words_b):
        b.weight[j] = nats[words_a + j]
    cells = _pair_cells(a.word, words_a, b.word, words_b, scratch)
    align(a.weight, words_a, b.weight, words_b, scratch, cells, out)
    for i in range(words_a):
        out[FEATURES + i] = scratch.work[i]
    score = 0.0
    for f in range(FEATURES):
        score += weights[f] * np.float64(out[f])
    return score


@lean_part
def _pair_cells(a: Column, words_a: I64, b: Column, words_b: I64, scratch: PairScratch) -> I64:
    """List every pair of alike units of two names; return how many pairs."""
    cells = 0
    for turn_a in range(2 * words_a - 1):
        i = turn_a if turn_a < words_a else turn_a - words_a + WORDS_MAX
        if a[i, RAW_N] == 0:
            continue
        for turn_b in range(2 * words_b - 1 if i < WORDS_MAX else words_b):
            j = turn_b if turn_b < words_b else turn_b - words_b + WORDS_MAX
            if b[j, RAW_N] == 0:
                continue
            if i < WORDS_MAX and j < WORDS_MAX and (a[i, RAW_N] == 1 or b[j, RAW_N] == 1):
                like = _initial_likeness(a, i, b, j)
            else:
                like = word_likeness(a, i, b, j, scratch.work)
            if like >= LIKE_MIN:
                scratch.cell_near[cells] = np.float32(like) * np.float32(0.01)
                scratch.cell_units[cells] = i * 64 + j
                cells += 1
    return cells


@lean_part
def _initial_likeness(a: Column, i: I64, b: Column, j: I64) -> I64:
    """Return how alike two words are of which one is a single letter."""
    if a[i, 0] != b[j, 0] or a[i, 0] < 58:
        return 0
    return 100 if a[i, RAW_N] == b[j, RAW_N] else 80
