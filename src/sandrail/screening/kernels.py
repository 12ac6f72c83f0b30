"""Kernels on names: from a folded name to the most alike names of an index.

A *unit* is a word of a name, or two neighbouring words read as one. Units of the query find alike
words of the vocabulary by shared keys; their postings lead to names; names are then aligned unit by
unit. Nothing here knows dates, numbers or thresholds.
"""

from __future__ import annotations

import numpy as np

from sandrail.screening.aligning import align
from sandrail.screening.encoding import (
    ASKED,
    BUCKET_BITS,
    CELLS_MAX,
    FEATURES,
    LIKE_MIN,
    SLOTS_MAX,
    UNASKED,
    UNITS_MAX,
    WORD_BITS,
    WORDS_MAX,
    WORK_CELLS,
    Memory,
    Query,
    Scratch,
    Vocabulary,
    encode_words,
    new_query,
    rest_of_key,
)
from sandrail.screening.sounding import (
    CLASSES_ROOM,
    KEYS_MAX,
    RAW_N,
    WORD_BYTES,
    word_keys,
    word_likeness,
    word_phones,
)
from sandrail.screening.wholes import CUTS, PHONES_MAX, TRIES_MAX, whole_hits
from sandrail.world.jit import I64, Column, kernel, kernel_part, lean_part

__all__ = [
    "RANKED_CELLS",
    "keys_of_words",
    "search",
    "search_all",
    "search_ranked",
    "spread_of_words",
]

RANKED_CELLS = 5 + WORDS_MAX
"""Numbers that say what was found of an entry; see :func:`search_ranked`."""

_LOWER_HALF = np.uint64((1 << WORD_BITS) - 1)


@kernel
def keys_of_words(word: Column, flags: Column, keys: Column, key_word: Column) -> I64:
    """Fill the sounds of every word of a vocabulary and its keys; return the number of keys."""
    classes = np.zeros(CLASSES_ROOM, np.uint8)
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
def _new_scratch() -> Scratch:
    """Take memory for one call; it is given back when the kernel returns."""
    return Scratch(
        np.zeros(3, np.int64), np.zeros(1, np.float32), np.empty(SLOTS_MAX, np.int32),
        np.empty(WORK_CELLS, np.int64), np.empty(CLASSES_ROOM, np.uint8),
        np.empty(KEYS_MAX + 8, np.uint64), np.empty(UNITS_MAX, np.float32),
        np.empty(CELLS_MAX, np.float32), np.empty(CELLS_MAX, np.int64),
        np.empty(3 * (PHONES_MAX + 1), np.uint8), np.empty((CUTS, PHONES_MAX + 1), np.int32),
        np.empty(UNITS_MAX, np.float32), np.empty(TRIES_MAX, np.int64),
        np.empty(UNITS_MAX, np.uint8),
    )  # fmt: skip


@lean_part
def _slot(word: I64, memory: Memory, slots: I64) -> I64:
    """Return the slot of a word, which may be the next new one; -1 when there is no room."""
    slot = np.int64(memory.slot_of[word]) - 1
    if slot < 0 and slots < SLOTS_MAX:
        slot = slots
        memory.slot_of[word] = slot + 1
        memory.slot_word[slot] = word
        for u in range(UNITS_MAX):
            memory.like[slot, u] = UNASKED
    return slot


@lean_part
def _gather(
    query: Query, unit: I64, vocabulary: Vocabulary, memory: Memory, scratch: Scratch
) -> None:
    """Find the words that share a key with one unit, and how alike each of them is."""
    brief = 1 if unit >= WORDS_MAX else (2 if query.word[unit, 0] < 128 else 0)
    count = word_keys(query.word, unit, scratch.classes, scratch.keys, brief)
    shift, half = np.uint64(64 - BUCKET_BITS), np.uint64(WORD_BITS)
    slots, asked = scratch.tally[1], 0
    for k in range(count):
        bucket = np.int64(scratch.keys[k] >> shift)
        rest = rest_of_key(scratch.keys[k])
        at = np.int64(vocabulary.bucket[bucket])
        end = np.int64(vocabulary.bucket[bucket + 1])
        while at < end and (vocabulary.keys[at] >> half) < rest:
            at += 1
        while at < end and (vocabulary.keys[at] >> half) == rest:
            slot = _slot(np.int64(vocabulary.keys[at] & _LOWER_HALF), memory, slots)
            at += 1
            if slot >= 0 and memory.like[slot, unit] == UNASKED:
                slots = max(slots, slot + 1)
                memory.like[slot, unit] = ASKED
                scratch.asked[asked] = slot
                asked += 1
    for i in range(asked):
        slot = np.int64(scratch.asked[i])
        memory.like[slot, unit] = word_likeness(
            query.word, unit, vocabulary.word, np.int64(memory.slot_word[slot]), scratch.work
        )
    scratch.tally[1], scratch.tally[2] = slots, asked


@lean_part
def _spread(
    unit: I64, vocabulary: Vocabulary, memory: Memory, scratch: Scratch, touched: I64
) -> I64:
    """Add the gain of one unit to every name that holds an alike word; return names touched."""
    for i in range(scratch.tally[2]):
        slot = scratch.asked[i]
        like = memory.like[slot, unit]
        if like < LIKE_MIN:
            continue
        word = memory.slot_word[slot]
        closeness = np.float32(like) / np.float32(100.0)
        gain = vocabulary.weight[word] * closeness * closeness
        for at in range(vocabulary.posting_from[word], vocabulary.posting_from[word + 1]):
            name = vocabulary.posting_name[at]
            rank = np.int64(memory.rank_of[name]) - 1
            if rank < 0:
                memory.rank_of[name] = touched + 1
                memory.touched[touched, 0] = name
                memory.touched[touched, 1] = unit
                memory.gains[touched, 0] = gain
                memory.gains[touched, 1] = gain
                touched += 1
            elif memory.touched[rank, 1] != unit:
                memory.touched[rank, 1] = unit
                memory.gains[rank, 0] += gain
                memory.gains[rank, 1] = gain
            elif gain > memory.gains[rank, 1]:
                memory.gains[rank, 0] += gain - memory.gains[rank, 1]
                memory.gains[rank, 1] = gain
    return touched


@lean_part
def _forget(memory: Memory, slots: I64, touched: I64) -> None:
    """Leave the memory as it was found: as many cells as were used, not as there are."""
    for slot in range(slots):
        memory.slot_of[memory.slot_word[slot]] = 0
    for rank in range(touched):
        memory.rank_of[memory.touched[rank, 0]] = 0


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
def _weigh_query(
    query: Query, words: I64, vocabulary: Vocabulary, memory: Memory, scratch: Scratch,
    unseen: Column,
) -> None:  # fmt: skip
    """Give each unit of the query the information of the word it most resembles.

    An unknown word weighs as much as one that is borne by nobody, an unknown joined pair nothing.
    """
    slots = scratch.tally[1]
    for turned in range(2 * words - 1):
        unit = turned if turned < words else turned - words + WORDS_MAX
        if query.word[unit, RAW_N] == 0:
            continue
        best = 74
        weight = np.float32(0.0) if unit >= WORDS_MAX else unseen[0]
        for slot in range(slots):
            like = memory.like[slot, unit]
            if like != UNASKED and like > best:
                best = like
                weight = vocabulary.weight[memory.slot_word[slot]]
        scratch.whole_near[unit] = best
        query.weight[unit] = weight if query.word[unit, RAW_N] > 1 else min(weight, np.float32(1.0))


@lean_part
def _fill_cells(
    query: Query, words: I64, vocabulary: Vocabulary, memory: Memory, scratch: Scratch, name: I64
) -> I64:
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
            units = words if part else 2 * words - 1
            for turned in range(units):
                unit = turned if turned < words else turned - words + WORDS_MAX
                like = np.int64(memory.like[slot, unit]) if slot >= 0 else UNASKED
                if like == UNASKED:
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


@lean_part
def _collect(
    text: Column, query: Query, vocabulary: Vocabulary, memory: Memory, scratch: Scratch,
    settings: Column,
) -> I64:  # fmt: skip
    """Touch every name that shares an alike word with the query; return how many."""
    words = encode_words(text, query)
    scratch.tally[0] = words
    touched = np.int64(0)
    for turned in range(2 * words - 1):
        unit = turned if turned < words else turned - words + WORDS_MAX
        if query.word[unit, RAW_N] > 0:
            _gather(query, unit, vocabulary, memory, scratch)
            touched = _spread(unit, vocabulary, memory, scratch, touched)
    _weigh_query(query, words, vocabulary, memory, scratch, settings[0:1])
    total = np.float32(0.0)
    for i in range(words):
        total += query.weight[i]
    spent = -1
    for i in range(words - 1):
        joined = query.weight[WORDS_MAX + i]
        apart = query.weight[i] + query.weight[i + 1]
        if i > spent and query.word[WORDS_MAX + i, RAW_N] > 0 and 0 < joined < apart:
            # Halves of a known word must not raise the bar by what two unknown words weigh.
            total -= apart - joined
            spent = i + 1
    scratch.cut[0] = total * settings[1]
    return touched


@lean_part
def _describe(
    query: Query, vocabulary: Vocabulary, memory: Memory, scratch: Scratch, kept: I64
) -> None:
    """Fill the features of the kept names, and which word is whose partner."""
    words, list_weight = scratch.tally[0], scratch.list_weight
    for h in range(kept):
        name = memory.hits[h]
        cells = _fill_cells(query, words, vocabulary, memory, scratch, name)
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
    query, scratch = new_query(), _new_scratch()
    touched = _collect(text, query, vocabulary, memory, scratch, settings)
    kept = _best(memory, touched, scratch.cut, np.int64(settings[2]))
    _describe(query, vocabulary, memory, scratch, kept)
    _forget(memory, scratch.tally[1], touched)
    return whole_hits(query, vocabulary, memory, scratch, kept, settings)


@kernel
def search_all(text: Column, vocabulary: Vocabulary, memory: Memory, settings: Column) -> I64:
    """Like :func:`search`, but keep every name above the cut, as far as there is room.

    When there is not, the cut rises until the rest fits: nothing is dropped in an arbitrary order.
    """
    query, scratch = new_query(), _new_scratch()
    touched = _collect(text, query, vocabulary, memory, scratch, settings)
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
    _forget(memory, scratch.tally[1], touched)
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
    text: Column, vocabulary: Vocabulary, memory: Memory, settings: Column, weights: Column,
    floor: Column, out: Column,
) -> I64:  # fmt: skip
    """Like :func:`search`, and score what was found; return how many entries.

    Args:
        weights: a row for names in the query's script and a row for the others.
        floor: the least score worth keeping, in the query's script and in another.
        out: receives for each entry the thousandths of its score, its number, its name, 1 if that
            is in another script, 1 if words were read joined, and the partners of the words.
    """
    query, scratch = new_query(), _new_scratch()
    touched = _collect(text, query, vocabulary, memory, scratch, settings)
    kept = _best(memory, touched, scratch.cut, np.int64(settings[2]))
    _describe(query, vocabulary, memory, scratch, kept)
    _forget(memory, scratch.tally[1], touched)
    kept = whole_hits(query, vocabulary, memory, scratch, kept, settings)
    best = np.empty(out.shape[0], np.float64)
    return _rank(query, vocabulary, memory, kept, weights, floor, best, out)


@kernel
def spread_of_words(vocabulary: Vocabulary, memory: Memory, own: Column, out: Column) -> None:
    """Sum, for each word, the occurrences of the words that sound like it."""
    query, scratch = new_query(), _new_scratch()
    for word in range(own.size):
        if vocabulary.word_flags[word] != 0:
            continue
        for i in range(WORD_BYTES):
            query.word[0, i] = vocabulary.word[word, i]
        scratch.tally[1] = 0
        _gather(query, 0, vocabulary, memory, scratch)
        total = own[word]
        for slot in range(scratch.tally[1]):
            near = memory.like[slot, 0]
            if near >= 85 and memory.slot_word[slot] != word:
                total += own[memory.slot_word[slot]] * (near - 70) / 30.0
        out[word] = total
        _forget(memory, scratch.tally[1], 0)
