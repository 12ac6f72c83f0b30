"""Kernels from the words of a name to the names that hold words like them.

A *unit* is a word of a name, or two neighbouring words read as one. Units of the query find alike
words of the vocabulary by shared keys; their postings lead to names.
"""

from __future__ import annotations

import numpy as np

from sandrail.screening.encoding import (
    ASKED,
    BUCKET_BITS,
    CELLS_MAX,
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
    same_letters,
    spelling_key,
    word_keys,
    word_likeness,
    word_phones,
)
from sandrail.screening.wholes import CUTS, PHONES_MAX, TRIES_MAX
from sandrail.world.jit import I64, Column, kernel, kernel_part, lean_part

__all__ = ["collect", "forget", "keys_of_words", "new_scratch", "spread_of_words"]

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
def new_scratch() -> Scratch:
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
def _known_word(query: Query, unit: I64, vocabulary: Vocabulary, scratch: Scratch) -> I64:
    """Return the number of the single word that a unit is to the letter, or -1."""
    key = spelling_key(query.word, unit, scratch.keys)
    bucket, rest = np.int64(key >> np.uint64(64 - BUCKET_BITS)), rest_of_key(key)
    half = np.uint64(WORD_BITS)
    for at in range(vocabulary.bucket[bucket], vocabulary.bucket[bucket + 1]):
        if (vocabulary.keys[at] >> half) == rest:
            word = np.int64(vocabulary.keys[at] & _LOWER_HALF)
            if vocabulary.word_flags[word] == 0 and same_letters(
                query.word, unit, vocabulary.word, word
            ):
                return word
    return np.int64(-1)


@lean_part
def _recall(unit: I64, word: I64, vocabulary: Vocabulary, memory: Memory, scratch: Scratch) -> None:
    """Take over the words that are known to resemble a word of the vocabulary."""
    slots, asked = scratch.tally[1], 0
    for at in range(vocabulary.alike_from[word], vocabulary.alike_from[word + 1]):
        found = np.int64(vocabulary.alike[at])
        slot = _slot(found >> 8, memory, slots)
        if slot >= 0:
            slots = max(slots, slot + 1)
            memory.like[slot, unit] = found & 255
            scratch.asked[asked] = slot
            asked += 1
    scratch.tally[1], scratch.tally[2] = slots, asked


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
def forget(memory: Memory, slots: I64, touched: I64) -> None:
    """Leave the memory as it was found: as many cells as were used, not as there are."""
    for slot in range(slots):
        memory.slot_of[memory.slot_word[slot]] = 0
    for rank in range(touched):
        memory.rank_of[memory.touched[rank, 0]] = 0


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
def collect(
    text: Column, query: Query, vocabulary: Vocabulary, memory: Memory, scratch: Scratch,
    settings: Column,
) -> I64:  # fmt: skip
    """Touch every name that shares an alike word with the query; return how many."""
    words = encode_words(text, query)
    scratch.tally[0], scratch.tally[1] = words, 0
    touched = np.int64(0)
    for turned in range(2 * words - 1):
        unit = turned if turned < words else turned - words + WORDS_MAX
        if query.word[unit, RAW_N] > 0:
            known = np.int64(-1)
            if unit < WORDS_MAX and vocabulary.alike_from.size > 0:
                known = _known_word(query, unit, vocabulary, scratch)
            if known >= 0:
                _recall(unit, known, vocabulary, memory, scratch)
            else:
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


@kernel
def spread_of_words(
    vocabulary: Vocabulary, memory: Memory, own: Column, out: Column, begin: Column, alike: Column
) -> I64:
    """Sum, for each single word, the occurrences of the words that sound like it; list these words.

    Args:
        own: occurrences of each word.
        out: receives the sums.
        begin: receives where the list of each word begins, and where the last one ends.
        alike: receives the lists, as a vocabulary keeps them.

    Returns:
        The length of all lists together, even where there is no room for them.
    """
    query, scratch = new_query(), new_scratch()
    listed = np.int64(0)
    for word in range(own.size):
        begin[word] = listed
        if vocabulary.word_flags[word] != 0:
            continue
        for i in range(WORD_BYTES):
            query.word[0, i] = vocabulary.word[word, i]
        scratch.tally[1] = 0
        _gather(query, 0, vocabulary, memory, scratch)
        total = own[word]
        for slot in range(scratch.tally[1]):
            near, other = np.int64(memory.like[slot, 0]), np.int64(memory.slot_word[slot])
            if near >= 85 and other != word:
                total += own[other] * (near - 70) / 30.0
            if near >= LIKE_MIN:
                if listed < alike.size:
                    alike[listed] = np.uint32((other << 8) | near)
                listed += 1
        out[word] = total
        forget(memory, scratch.tally[1], 0)
    begin[own.size] = listed
    return listed
