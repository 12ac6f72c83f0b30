"""Kernels on names: from a folded name to the most alike names of an index.

A *unit* is a word of a name, or two neighbouring words read as one. Units of the query find alike
words of the vocabulary by shared keys; their postings lead to names; names are then aligned unit by
unit. Nothing here knows dates, numbers or thresholds.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sandrail.screening.sounding import (
    KEYS_MAX,
    RAW_MAX,
    RAW_N,
    WORD_BYTES,
    word_keys,
    word_likeness,
    word_phones,
)
from sandrail.world.jit import I64, U64, Column, kernel, kernel_part

__all__ = [
    "CELLS_MAX",
    "FEATURES",
    "HITS_MAX",
    "TOP_MAX",
    "UNITS_MAX",
    "Query",
    "Scratch",
    "Vocabulary",
    "align_pair",
    "encode_words",
    "keys_of_words",
    "rank",
    "search",
    "search_all",
    "spread_of_words",
]

WORDS_MAX = 12
UNITS_MAX = 2 * WORDS_MAX
CELLS_MAX = UNITS_MAX * UNITS_MAX
SLOTS_MAX = 4096
HITS_MAX = 64
TOP_MAX = 10
FEATURES = 16
BUCKET_BITS = 18
LIKE_MIN = 60


class Query(NamedTuple):
    """One name, encoded: words first, then joined pairs at ``WORDS_MAX + i``.

    Attributes:
        word: one row a unit, laid out as in a vocabulary.
        weight: information of each unit in nats.
    """

    word: NDArray[np.uint8]
    weight: NDArray[np.float32]


class Vocabulary(NamedTuple):
    """An index as arrays; every one may be a read-only map of a file.

    Attributes:
        word: one row of 64 bytes (a cache line) a distinct word: its letters, then at ``PHONES_AT``
            its phones, and at ``RAW_N`` and ``PHONES_N`` how many of each.
        weight: its information in nats.
        word_flags: 1 = a joined pair.
        bucket: first key of each bucket.
        keys, key_word: sorted keys and the word each leads to.
        posting_from, posting_name, posting_at: names that hold a word, and where.
        name_from: first word of each name; one longer than the names.
        name_word, name_joined: words and joined pairs of the names, in order.
        name_entry: entry of each name.
    """

    word: NDArray[np.uint8]
    weight: NDArray[np.float32]
    word_flags: NDArray[np.uint8]
    bucket: NDArray[np.int32]
    keys: NDArray[np.uint64]
    key_word: NDArray[np.int32]
    posting_from: NDArray[np.int32]
    posting_name: NDArray[np.int32]
    posting_at: NDArray[np.uint8]
    name_from: NDArray[np.int32]
    name_word: NDArray[np.int32]
    name_joined: NDArray[np.int32]
    name_entry: NDArray[np.int32]


class Scratch(NamedTuple):
    """Memory that one searcher reuses; never shared between threads."""

    slot_of: NDArray[np.int32]
    slot_mark: NDArray[np.int64]
    slot_word: NDArray[np.int32]
    like: NDArray[np.uint8]
    name_mark: NDArray[np.int64]
    name_gain: NDArray[np.float32]
    name_last: NDArray[np.float32]
    touched: NDArray[np.int32]
    turn: NDArray[np.int64]
    work: NDArray[np.int64]
    classes: NDArray[np.uint8]
    keys: NDArray[np.uint64]
    cell_near: NDArray[np.float32]
    cell_units: NDArray[np.int64]
    hits: NDArray[np.int32]
    features: NDArray[np.float32]
    top_score: NDArray[np.float64]
    top_name: NDArray[np.int32]
    top_crossed: NDArray[np.uint8]


@kernel
def encode_words(text: Column, query: Query) -> I64:
    """Fill ``query`` from folded words parted by single spaces; return the number of words."""
    word = query.word
    count = 0
    start = 0
    for at in range(text.size + 1):
        if at == text.size or text[at] == 32:
            size = min(at - start, RAW_MAX)
            if size > 0 and count < WORDS_MAX:
                for i in range(size):
                    word[count, i] = text[start + i]
                word[count, RAW_N] = size
                word_phones(word, count)
                count += 1
            start = at + 1
    for i in range(count - 1):
        join = WORDS_MAX + i
        size = 0
        word[join, RAW_N] = 0
        if word[i, RAW_N] + word[i + 1, RAW_N] > RAW_MAX or word[i, 0] == 46:
            continue
        if word[i + 1, 0] == 46 or (word[i, 0] < 128) != (word[i + 1, 0] < 128):
            continue
        for part in range(i, i + 2):
            for k in range(np.int64(word[part, RAW_N])):
                word[join, size] = word[part, k]
                size += 1
        word[join, RAW_N] = size
        word_phones(word, join)
    return count


@kernel
def keys_of_words(word: Column, flags: Column, keys: Column, key_word: Column) -> I64:
    """Fill the sounds of every word of a vocabulary and its keys; return the number of keys."""
    classes = np.zeros(80, np.uint8)
    own = np.zeros(KEYS_MAX + 8, np.uint64)
    total = 0
    for at in range(flags.size):
        word_phones(word, at)
        count = word_keys(word, at, classes, own, np.int64(flags[at]) & 1)
        for i in range(count):
            keys[total] = own[i]
            key_word[total] = at
            total += 1
    return total


@kernel_part
def _gather(query: Query, unit: I64, vocabulary: Vocabulary, scratch: Scratch, slots: I64) -> I64:
    """Find words alike to one unit; record likeness per slot; return the number of slots."""
    turn = scratch.turn[0]
    brief = 1 if unit >= WORDS_MAX else (2 if query.word[unit, 0] < 128 else 0)
    count = word_keys(query.word, unit, scratch.classes, scratch.keys, brief)
    shift = np.uint64(64 - BUCKET_BITS)
    for k in range(count):
        key = scratch.keys[k]
        bucket = np.int64(key >> shift)
        at = np.int64(vocabulary.bucket[bucket])
        end = np.int64(vocabulary.bucket[bucket + 1])
        while at < end and vocabulary.keys[at] < key:
            at += 1
        while at < end and vocabulary.keys[at] == key:
            word = vocabulary.key_word[at]
            at += 1
            slot = np.int64(scratch.slot_of[word])
            if scratch.slot_mark[word] != turn:
                if slots >= SLOTS_MAX:
                    continue
                slot = slots
                slots += 1
                scratch.slot_mark[word] = turn
                scratch.slot_of[word] = slot
                scratch.slot_word[slot] = word
                for u in range(UNITS_MAX):
                    scratch.like[slot, u] = 255
            if scratch.like[slot, unit] == 255:
                scratch.like[slot, unit] = word_likeness(
                    query.word, unit, vocabulary.word, word, scratch.work
                )
    return slots


@kernel_part
def _spread(
    unit: I64, vocabulary: Vocabulary, scratch: Scratch, slots: I64, touched: I64, limit: Column
) -> I64:
    """Add the gain of one unit to every name that holds an alike word."""
    turn = scratch.turn[0]
    step = turn * 64 + unit
    for slot in range(slots):
        like = scratch.like[slot, unit]
        if like == 255 or like < LIKE_MIN:
            continue
        word = scratch.slot_word[slot]
        closeness = np.float32(like) / np.float32(100.0)
        gain = vocabulary.weight[word] * closeness * closeness
        first = vocabulary.posting_from[word]
        last = vocabulary.posting_from[word + 1]
        for at in range(first, last):
            name = vocabulary.posting_name[at]
            mark = scratch.name_mark[name]
            if mark < turn * 64:
                if touched >= limit[0]:
                    continue
                scratch.touched[touched] = name
                touched += 1
                scratch.name_gain[name] = gain
                scratch.name_last[name] = gain
            elif mark == step:
                better = gain - scratch.name_last[name]
                if better > 0:
                    scratch.name_gain[name] += better
                    scratch.name_last[name] = gain
            else:
                scratch.name_gain[name] += gain
                scratch.name_last[name] = gain
            scratch.name_mark[name] = step
    return touched


@kernel_part
def _best(scratch: Scratch, touched: I64, cut: Column, room: I64) -> I64:
    """Keep the names with the largest gain; return how many (at most ``room``)."""
    kept = 0
    lowest = 0
    for i in range(touched):
        name = scratch.touched[i]
        gain = scratch.name_gain[name]
        if gain < cut[0]:
            continue
        if kept < room:
            scratch.hits[kept] = name
            kept += 1
            if kept == room:
                lowest = _lowest(scratch, room)
        elif gain > scratch.name_gain[scratch.hits[lowest]]:
            scratch.hits[lowest] = name
            lowest = _lowest(scratch, room)
    return kept


@kernel_part
def _lowest(scratch: Scratch, room: I64) -> I64:
    lowest = 0
    for i in range(1, room):
        if scratch.name_gain[scratch.hits[i]] < scratch.name_gain[scratch.hits[lowest]]:
            lowest = i
    return lowest


@kernel_part
def _weigh_query(query: Query, words: I64, vocabulary: Vocabulary, scratch: Scratch,
                 slots: I64, unseen: Column) -> None:  # fmt: skip
    """Give each unit of the query the information of the word it most resembles."""
    for unit in range(UNITS_MAX):
        is_join = unit >= WORDS_MAX
        if (is_join and unit - WORDS_MAX >= words - 1) or (not is_join and unit >= words):
            continue
        if query.word[unit, RAW_N] == 0:
            continue
        best = 74
        weight = unseen[0]
        for slot in range(slots):
            like = scratch.like[slot, unit]
            if like != 255 and like > best:
                best = like
                weight = vocabulary.weight[scratch.slot_word[slot]]
        query.weight[unit] = weight if query.word[unit, RAW_N] > 1 else min(weight, np.float32(1.0))


@kernel_part
def _fill_cells(query: Query, words: I64, vocabulary: Vocabulary, scratch: Scratch, name: I64,
                list_weight: Column) -> I64:  # fmt: skip
    """List every pair of alike units of the query and one name; return how many pairs."""
    turn = scratch.turn[0]
    first = vocabulary.name_from[name]
    size = min(vocabulary.name_from[name + 1] - first, WORDS_MAX)
    cells = 0
    for j in range(size):
        for part in range(2):
            column = j + part * WORDS_MAX
            word = vocabulary.name_joined[first + j] if part else vocabulary.name_word[first + j]
            if word < 0:
                list_weight[column] = 0.0
                continue
            list_weight[column] = vocabulary.weight[word]
            found = scratch.slot_mark[word] == turn
            slot = scratch.slot_of[word] if found else 0
            for unit in range(UNITS_MAX if part == 0 else words):
                if unit >= words and (unit < WORDS_MAX or unit >= WORDS_MAX + words - 1):
                    continue
                like = np.int64(scratch.like[slot, unit]) if found else 255
                if like == 255:
                    like = 0
                if part == 0 and unit < words and like < 80:
                    short = query.word[unit, RAW_N] == 1 or vocabulary.word[word, RAW_N] == 1
                    if short and query.word[unit, 0] == vocabulary.word[word, 0]:
                        like = 80 if query.word[unit, 0] > 57 else like
                if like >= LIKE_MIN:
                    scratch.cell_near[cells] = np.float32(like) * np.float32(0.01)
                    scratch.cell_units[cells] = unit * 64 + column
                    cells += 1
    return cells


@kernel_part
def _collect(text: Column, query: Query, vocabulary: Vocabulary, scratch: Scratch,
             settings: Column) -> I64:  # fmt: skip
    """Touch every name that shares an alike word with the query; return how many."""
    words = encode_words(text, query)
    scratch.turn[0] += 1
    scratch.turn[1] = words
    slots = 0
    for i in range(words):
        slots = _gather(query, i, vocabulary, scratch, slots)
    for i in range(words - 1):
        if query.word[WORDS_MAX + i, RAW_N] > 0:
            slots = _gather(query, WORDS_MAX + i, vocabulary, scratch, slots)
    _weigh_query(query, words, vocabulary, scratch, slots, settings[0:1])
    touched = 0
    total = np.float32(0.0)
    for i in range(words):
        touched = _spread(i, vocabulary, scratch, slots, touched, settings[3:4])
        total += query.weight[i]
    for i in range(words - 1):
        if query.word[WORDS_MAX + i, RAW_N] > 0:
            touched = _spread(WORDS_MAX + i, vocabulary, scratch, slots, touched, settings[3:4])
    settings[4] = total * settings[1]
    return touched


@kernel_part
def _describe(query: Query, vocabulary: Vocabulary, scratch: Scratch, kept: I64) -> None:
    """Fill the features of the kept names."""
    words = scratch.turn[1]
    list_weight = np.zeros(UNITS_MAX, np.float32)
    for h in range(kept):
        name = scratch.hits[h]
        cells = _fill_cells(query, words, vocabulary, scratch, name, list_weight)
        size = min(vocabulary.name_from[name + 1] - vocabulary.name_from[name], WORDS_MAX)
        align(query.weight, words, list_weight, size, scratch, cells, scratch.features[h])


@kernel
def search(text: Column, query: Query, vocabulary: Vocabulary, scratch: Scratch,
           settings: Column) -> I64:  # fmt: skip
    """Find the names most alike to a folded name.

    Args:
        text: folded words, one byte a letter, parted by spaces.
        settings: unseen word's weight, least share of the query's weight, room for hits, most
            names touched, and a place for the cut.

    Returns:
        The number of hits; names in ``scratch.hits``, features in ``scratch.features``.
    """
    touched = _collect(text, query, vocabulary, scratch, settings)
    kept = _best(scratch, touched, settings[4:5], np.int64(settings[2]))
    _describe(query, vocabulary, scratch, kept)
    return kept


@kernel
def search_all(text: Column, query: Query, vocabulary: Vocabulary, scratch: Scratch,
               settings: Column) -> I64:  # fmt: skip
    """Like :func:`search`, but keep every name above the cut, as far as there is room.

    When there is not, the cut rises until the rest fits: nothing is dropped in an arbitrary order.
    """
    touched = _collect(text, query, vocabulary, scratch, settings)
    room = np.int64(settings[2])
    cut = settings[4]
    while True:
        kept = 0
        for i in range(touched):
            if scratch.name_gain[scratch.touched[i]] >= cut:
                if kept < room:
                    scratch.hits[kept] = scratch.touched[i]
                kept += 1
        if kept <= room:
            break
        cut *= np.float32(1.06)
    _describe(query, vocabulary, scratch, kept)
    return kept


@kernel
def rank(query: Query, vocabulary: Vocabulary, scratch: Scratch, kept: I64, weights: Column,
         floor: Column) -> I64:  # fmt: skip
    """Score the hits of :func:`search` and keep the best name of each entry, best first.

    Args:
        weights: a row for names in the query's script and a row for the others.
        floor: the least score worth keeping.

    Returns:
        How many entries; see ``scratch.top_score``, ``top_name`` and ``top_crossed``.
    """
    count = 0
    room = scratch.top_score.size
    for h in range(kept):
        name = scratch.hits[h]
        first = vocabulary.word[vocabulary.name_word[vocabulary.name_from[name]], 0]
        crossed = 1 if (first >= 128) != (query.word[0, 0] >= 128) else 0
        score = 0.0
        for f in range(FEATURES):
            score += weights[crossed, f] * scratch.features[h, f]
        if score < floor[0]:
            continue
        entry = vocabulary.name_entry[name]
        at = 0
        while at < count and vocabulary.name_entry[scratch.top_name[at]] != entry:
            at += 1
        if at < count and score <= scratch.top_score[at]:
            continue
        if at == count:
            if count < room:
                count += 1
            elif score <= scratch.top_score[room - 1]:
                continue
            at = count - 1
        while at > 0 and scratch.top_score[at - 1] < score:
            scratch.top_score[at] = scratch.top_score[at - 1]
            scratch.top_name[at] = scratch.top_name[at - 1]
            scratch.top_crossed[at] = scratch.top_crossed[at - 1]
            at -= 1
        scratch.top_score[at] = score
        scratch.top_name[at] = name
        scratch.top_crossed[at] = crossed
    return count


@kernel_part
def align(weight_a: Column, words: I64, weight_b: Column, size: I64, scratch: Scratch, cells: I64,
          out: Column) -> None:  # fmt: skip
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
    first_missing = 1.0 if words > 0 and (used_a & 1) == 0 else 0.0
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


@kernel_part
def _mask(unit: I64, words: I64) -> I64:
    """Return the words that a unit covers, as bits; 0 when the unit does not exist."""
    if unit < WORDS_MAX:
        return 1 << unit if unit < words else 0
    if unit - WORDS_MAX + 1 < words:
        return 3 << (unit - WORDS_MAX)
    return 0


@kernel_part
def _unit_weight(weight: Column, unit: I64) -> U64:
    """A joined pair weighs what its two words weigh, so that shares stay shares."""
    if unit < WORDS_MAX:
        return weight[unit]
    return weight[unit - WORDS_MAX] + weight[unit - WORDS_MAX + 1]


@kernel
def align_pair(text_a: Column, text_b: Column, a: Query, b: Query, weights: Column,
               scratch: Scratch, out: Column) -> None:  # fmt: skip
    """Compare two folded names directly; ``weights`` holds those of a's units and of b's."""
    words_a, words_b = encode_words(text_a, a), encode_words(text_b, b)
    cells = 0
    for i in range(UNITS_MAX):
        a.weight[i], b.weight[i] = weights[0, i], weights[1, i]
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


@kernel
def spread_of_words(vocabulary: Vocabulary, scratch: Scratch, query: Query, own: Column,
                    out: Column) -> None:  # fmt: skip
    """Sum, for each word, the occurrences of the words that sound like it."""
    for word in range(own.size):
        if vocabulary.word_flags[word] != 0:
            continue
        for i in range(WORD_BYTES):
            query.word[0, i] = vocabulary.word[word, i]
        scratch.turn[0] += 1
        slots = _gather(query, 0, vocabulary, scratch, 0)
        total = own[word]
        for slot in range(slots):
            near = scratch.like[slot, 0]
            if near != 255 and near >= 85 and scratch.slot_word[slot] != word:
                total += own[scratch.slot_word[slot]] * (near - 70) / 30.0
        out[word] = total
