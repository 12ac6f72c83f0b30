"""Kernels on names: from a folded name to the most alike names of an index.

A *unit* is a word of a name, or two neighbouring words read as one. Units of the query find alike
words of the vocabulary by shared keys; their postings lead to names; names are then aligned unit by
unit. Nothing here knows dates, numbers or thresholds.
"""

from __future__ import annotations

import numpy as np

from sandrail.screening.aligning import align
from sandrail.screening.encoding import (
    BUCKET_BITS,
    FEATURES,
    LIKE_MIN,
    SLOTS_MAX,
    UNITS_MAX,
    WORDS_MAX,
    Query,
    Scratch,
    Vocabulary,
    encode_words,
)
from sandrail.screening.sounding import (
    KEYS_MAX,
    RAW_N,
    WORD_BYTES,
    word_keys,
    word_likeness,
    word_phones,
)
from sandrail.screening.wholes import whole_hits
from sandrail.world.jit import I64, Column, kernel, lean_part

__all__ = ["keys_of_words", "search", "search_all", "search_ranked", "spread_of_words"]


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


@lean_part
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


@lean_part
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


@lean_part
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


@lean_part
def _lowest(scratch: Scratch, room: I64) -> I64:
    lowest = 0
    for i in range(1, room):
        if scratch.name_gain[scratch.hits[i]] < scratch.name_gain[scratch.hits[lowest]]:
            lowest = i
    return lowest


@lean_part
def _weigh_query(query: Query, words: I64, vocabulary: Vocabulary, scratch: Scratch,
                 slots: I64, unseen: Column) -> None:  # fmt: skip
    """Give each unit of the query the information of the word it most resembles.

    An unknown word weighs as much as one that is borne by nobody, an unknown joined pair nothing.
    """
    for unit in range(UNITS_MAX):
        is_join = unit >= WORDS_MAX
        if (is_join and unit - WORDS_MAX >= words - 1) or (not is_join and unit >= words):
            continue
        if query.word[unit, RAW_N] == 0:
            continue
        best = 74
        weight = np.float32(0.0) if is_join else unseen[0]
        for slot in range(slots):
            like = scratch.like[slot, unit]
            if like != 255 and like > best:
                best = like
                weight = vocabulary.weight[scratch.slot_word[slot]]
        scratch.whole_near[unit] = best
        query.weight[unit] = weight if query.word[unit, RAW_N] > 1 else min(weight, np.float32(1.0))


@lean_part
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
            units = words if part else 2 * words - 1
            for turned in range(units):
                unit = turned if turned < words else turned - words + WORDS_MAX
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


@lean_part
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
    spent = -1
    for i in range(words - 1):
        joined = query.weight[WORDS_MAX + i]
        apart = query.weight[i] + query.weight[i + 1]
        if i > spent and query.word[WORDS_MAX + i, RAW_N] > 0 and 0 < joined < apart:
            # Halves of a known word must not raise the bar by what two unknown words weigh.
            total -= apart - joined
            spent = i + 1
    settings[4] = total * settings[1]
    return touched


@lean_part
def _describe(query: Query, vocabulary: Vocabulary, scratch: Scratch, kept: I64) -> None:
    """Fill the features of the kept names."""
    words = scratch.turn[1]
    list_weight = scratch.list_weight
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
    return whole_hits(query, vocabulary, scratch, kept, settings)


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
    return whole_hits(query, vocabulary, scratch, kept, settings)


@lean_part
def _rank(query: Query, vocabulary: Vocabulary, scratch: Scratch, kept: I64, weights: Column,
          floor: Column) -> I64:  # fmt: skip
    """Score the described hits and keep the best name of each entry, best first."""
    count = 0
    room = scratch.top_score.size
    for h in range(kept):
        name = scratch.hits[h]
        first = vocabulary.word[vocabulary.name_word[vocabulary.name_from[name]], 0]
        crossed = 1 if (first >= 128) != (query.word[0, 0] >= 128) else 0
        score = 0.0
        for f in range(FEATURES):
            score += weights[crossed, f] * scratch.features[h, f]
        if score < floor[crossed]:
            continue
        entry = vocabulary.name_entry[name]
        at = 0
        while at < count and scratch.top_entry[at] != entry:
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
            scratch.top_entry[at] = scratch.top_entry[at - 1]
            scratch.top_name[at] = scratch.top_name[at - 1]
            scratch.top_crossed[at] = scratch.top_crossed[at - 1]
            at -= 1
        scratch.top_score[at] = score
        scratch.top_entry[at] = entry
        scratch.top_name[at] = name
        scratch.top_crossed[at] = crossed
    return count


@kernel
def search_ranked(text: Column, query: Query, vocabulary: Vocabulary, scratch: Scratch,
                  settings: Column, weights: Column, floor: Column) -> I64:  # fmt: skip
    """Like :func:`search`, and score what was found; return how many entries.

    Args:
        weights: a row for names in the query's script and a row for the others.
        floor: the least score worth keeping, in the query's script and in another.

    Returns:
        How many entries; see ``scratch.top_score``, ``top_name`` and ``top_crossed``.
    """
    touched = _collect(text, query, vocabulary, scratch, settings)
    kept = _best(scratch, touched, settings[4:5], np.int64(settings[2]))
    _describe(query, vocabulary, scratch, kept)
    kept = whole_hits(query, vocabulary, scratch, kept, settings)
    return _rank(query, vocabulary, scratch, kept, weights, floor)


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
