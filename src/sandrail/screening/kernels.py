"""Kernels on names: from a folded name to the most alike names of an index.

The names that :mod:`gathering` touches most are kept, aligned unit by unit with the query, and
scored. Nothing here knows dates, numbers or thresholds.
"""

from __future__ import annotations

import numpy as np

from sandrail.screening.aligning import align
from sandrail.screening.encoding import (
    FEATURES,
    LIKE_MIN,
    TOP_MAX,
    UNASKED,
    WORDS_MAX,
    Memory,
    Query,
    Scratch,
    Vocabulary,
    new_query,
)
from sandrail.screening.gathering import collect, forget, new_scratch
from sandrail.screening.sounding import RAW_N
from sandrail.screening.wholes import whole_hits
from sandrail.world.jit import I64, Column, kernel, lean_part

__all__ = ["RANKED_CELLS", "search", "search_all", "search_ranked"]

RANKED_CELLS = 5 + WORDS_MAX
"""Numbers that say what was found of an entry; see :func:`search_ranked`."""


@lean_part
def _best(memory: Memory, touched: I64, cut: Column, room: I64) -> I64:
    """Keep the names with the largest gain; return how many (at most ``room``)."""
    hits, gains = memory.hits, memory.gains
    kept = 0
    lowest = 0
    for rank in range(touched):
        gain = gains[rank, 0]
        if gain < cut[0]:
            continue
        if kept < room:
            hits[kept] = rank
            kept += 1
            if kept == room:
                lowest = _lowest(memory, room)
        elif gain > gains[hits[lowest], 0]:
            hits[lowest] = rank
            lowest = _lowest(memory, room)
    for h in range(kept):
        hits[h] = memory.touched[hits[h], 0]
    return kept


@lean_part
def _lowest(memory: Memory, room: I64) -> I64:
    lowest = 0
    for i in range(1, room):
        if memory.gains[memory.hits[i], 0] < memory.gains[memory.hits[lowest], 0]:
            lowest = i
    return lowest


@lean_part
def _fill_cells(
    query: Query, words: I64, initials: I64, vocabulary: Vocabulary, memory: Memory,
    scratch: Scratch, name: I64,
) -> I64:  # fmt: skip
    """List every pair of alike units of the query and one name; return how many pairs."""
    list_weight = scratch.list_weight
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
            slot = np.int64(memory.slot_of[word]) - 1
            initial = vocabulary.word[word, RAW_N] == 1
            if slot < 0 and (part == 1 or not (initial or initials > 0)):
                continue
            for turned in range(words if part else 2 * words - 1):
                unit = turned if turned < words else turned - words + WORDS_MAX
                like = np.int64(memory.like[slot, unit]) if slot >= 0 else UNASKED
                if like == UNASKED:
                    like = 0
                if part == 0 and unit < words and like < 80:
                    short = initial or query.word[unit, RAW_N] == 1
                    if short and query.word[unit, 0] == vocabulary.word[word, 0]:
                        like = 80 if query.word[unit, 0] > 57 else like
                if like >= LIKE_MIN:
                    scratch.cell_near[cells] = np.float32(like) * np.float32(0.01)
                    scratch.cell_units[cells] = unit * 64 + column
                    cells += 1
    return cells


@lean_part
def _describe(
    query: Query, vocabulary: Vocabulary, memory: Memory, scratch: Scratch, kept: I64
) -> None:
    """Fill the features of the kept names, and which word is whose partner."""
    words, list_weight, initials = scratch.tally[0], scratch.list_weight, 0
    for i in range(words):
        initials += 1 if query.word[i, RAW_N] == 1 else 0
    for h in range(kept):
        name = memory.hits[h]
        cells = _fill_cells(query, words, initials, vocabulary, memory, scratch, name)
        size = min(vocabulary.name_from[name + 1] - vocabulary.name_from[name], WORDS_MAX)
        align(query.weight, words, list_weight, size, scratch, cells, memory.features[h])
        for i in range(WORDS_MAX):
            memory.partners[h, i] = scratch.work[i]


@kernel
def search(text: Column, vocabulary: Vocabulary, memory: Memory, settings: Column) -> I64:
    """Find the names most alike to a folded name.

    Args:
        text: folded words, one byte a letter, parted by spaces.
        settings: unseen word's weight, least share of the query's weight, room for hits, and 1
            where the query is to be turned (see :func:`whole_hits`).

    Returns:
        The number of hits; names in ``memory.hits``, features in ``memory.features``.
    """
    query, scratch = new_query(), new_scratch()
    touched = collect(text, query, vocabulary, memory, scratch, settings)
    kept = _best(memory, touched, scratch.cut, np.int64(settings[2]))
    _describe(query, vocabulary, memory, scratch, kept)
    forget(memory, scratch.tally[1], touched)
    return whole_hits(query, vocabulary, memory, scratch, kept, settings)


@kernel
def search_all(text: Column, vocabulary: Vocabulary, memory: Memory, settings: Column) -> I64:
    """Like :func:`search`, but keep every name above the cut, as far as there is room.

    When there is not, the cut rises until the rest fits: nothing is dropped in an arbitrary order.
    """
    query, scratch = new_query(), new_scratch()
    touched = collect(text, query, vocabulary, memory, scratch, settings)
    room = np.int64(settings[2])
    cut = scratch.cut[0]
    while True:
        kept = 0
        for rank in range(touched):
            if memory.gains[rank, 0] >= cut:
                if kept < room:
                    memory.hits[kept] = memory.touched[rank, 0]
                kept += 1
        if kept <= room:
            break
        cut *= np.float32(1.06)
    _describe(query, vocabulary, memory, scratch, kept)
    forget(memory, scratch.tally[1], touched)
    return whole_hits(query, vocabulary, memory, scratch, kept, settings)


@lean_part
def _rank(
    query: Query, vocabulary: Vocabulary, memory: Memory, kept: I64, weights: Column,
    floor: Column, best: Column, out: Column,
) -> I64:  # fmt: skip
    """Score the described hits and list the best name of each entry, best first."""
    count = 0
    room = best.size
    for h in range(kept):
        name = memory.hits[h]
        first = vocabulary.word[vocabulary.name_word[vocabulary.name_from[name]], 0]
        crossed = 1 if (first >= 128) != (query.word[0, 0] >= 128) else 0
        score = 0.0
        for f in range(FEATURES):
            score += weights[crossed, f] * memory.features[h, f]
        if score < floor[crossed]:
            continue
        entry = vocabulary.name_entry[name]
        at = 0
        while at < count and out[at, 1] != entry:
            at += 1
        if at < count and score <= best[at]:
            continue
        if at == count:
            if count < room:
                count += 1
            elif score <= best[room - 1]:
                continue
            at = count - 1
        while at > 0 and best[at - 1] < score:
            best[at] = best[at - 1]
            for i in range(RANKED_CELLS):
                out[at, i] = out[at - 1, i]
            at -= 1
        best[at] = score
        out[at, 0] = np.int32(np.rint(score * 1000.0))
        out[at, 1], out[at, 2], out[at, 3] = entry, name, crossed
        out[at, 4] = 1 if memory.features[h, 14] > 0 else 0
        for i in range(WORDS_MAX):
            out[at, 5 + i] = memory.partners[h, i]
    return count


@kernel
def search_ranked(
    text: Column, ends: Column, vocabulary: Vocabulary, memory: Memory, settings: Column,
    weights: Column, floors: Column, counts: Column, out: Column,
) -> I64:  # fmt: skip
    """Search many names like :func:`search`, and score what was found; return rows written.

    Args:
        text: the folded words of every name, one name after the other.
        ends: where each name ends.
        weights: a row for names in the query's script and a row for the others.
        floors: for each name the least score worth keeping, in its script and in another.
        counts: receives for each name how many entries were found.
        out: receives for each of these the thousandths of its score, its number, its name, 1 if
            that is in another script, 1 if words were read joined, and the partners of the words.
    """
    query, scratch = new_query(), new_scratch()
    best, top = np.empty(TOP_MAX, np.float64), np.empty((TOP_MAX, RANKED_CELLS), np.int32)
    start, written = np.int64(0), np.int64(0)
    for name in range(ends.size):
        end = np.int64(ends[name])
        touched = collect(text[start:end], query, vocabulary, memory, scratch, settings)
        start = end
        kept = _best(memory, touched, scratch.cut, np.int64(settings[2]))
        _describe(query, vocabulary, memory, scratch, kept)
        forget(memory, scratch.tally[1], touched)
        kept = whole_hits(query, vocabulary, memory, scratch, kept, settings)
        counts[name] = _rank(query, vocabulary, memory, kept, weights, floors[name], best, top)
        for at in range(counts[name]):
            for i in range(RANKED_CELLS):
                out[written, i] = top[at, i]
            written += 1
    return written
