"""The arrays that the kernels share, and a name made into one of them.

A *unit* is a word of a name, or two neighbouring words read as one.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sandrail.screening.sounding import RAW_MAX, RAW_N, WORD_BYTES, word_phones
from sandrail.world.jit import I64, U64, Column, kernel, kernel_part, lean_part

__all__ = [
    "ASKED",
    "BUCKET_BITS",
    "CELLS_MAX",
    "FEATURES",
    "HITS_MAX",
    "LIKE_MIN",
    "SLOTS_MAX",
    "TOP_MAX",
    "UNASKED",
    "UNITS_MAX",
    "UNKNOWN_PARTNERS",
    "WORDS_MAX",
    "WORD_BITS",
    "WORK_CELLS",
    "Memory",
    "PairScratch",
    "Query",
    "Scratch",
    "Vocabulary",
    "encode_words",
    "new_query",
    "pack_keys",
    "rest_of_key",
]

WORDS_MAX = 12
UNITS_MAX = 2 * WORDS_MAX
CELLS_MAX = UNITS_MAX * UNITS_MAX
WORK_CELLS = 96
SLOTS_MAX = 4096
HITS_MAX = 64
TOP_MAX = 10
FEATURES = 19
BUCKET_BITS = 18
WORD_BITS = 32
LIKE_MIN = 60
UNASKED, ASKED = 255, 254
UNKNOWN_PARTNERS = -2


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
        keys: sorted; the bits of a key behind those of its bucket, then the word it leads to.
        posting_from, posting_name: names that hold a word.
        name_from: first word of each name; one longer than the names.
        name_word, name_joined: words and joined pairs of the names, in order.
        name_entry: entry of each name.
        alike_from, alike: the words that resemble a word, each with its likeness in the lower eight
            bits; nothing where a vocabulary does not keep them.
        whole_bucket, whole_keys: buckets and keys of whole names; a key leads to a name and an
            order of its words (``8 * name + order``).
    """

    word: NDArray[np.uint8]
    weight: NDArray[np.float32]
    word_flags: NDArray[np.uint8]
    bucket: NDArray[np.int32]
    keys: NDArray[np.uint64]
    posting_from: NDArray[np.int32]
    posting_name: NDArray[np.int32]
    name_from: NDArray[np.int32]
    name_word: NDArray[np.int32]
    name_joined: NDArray[np.int32]
    name_entry: NDArray[np.int32]
    alike_from: NDArray[np.int32]
    alike: NDArray[np.uint32]
    whole_bucket: NDArray[np.int32]
    whole_keys: NDArray[np.uint64]


class Memory(NamedTuple):
    """What one searcher keeps between calls; never shared between threads.

    Attributes:
        slot_of: for each word one more than its slot; all 0 between calls.
        slot_word: word of each slot.
        like: of each slot's word and each unit of the query, ``UNASKED`` where they share no key.
        rank_of: for each name one more than its place in ``touched``; all 0 between calls.
        touched: a name that holds an alike word, and the unit that touched it last.
        gains: what the alike words of a touched name are worth, and what that unit gave of it.
        hits: names that were kept.
        features: of each hit; see ``model.FEATURE_NAMES``.
        partners: for each hit and word of the query the place of its partner in the name, or -1;
            ``UNKNOWN_PARTNERS`` first where the query was cut differently.
    """

    slot_of: NDArray[np.int32]
    slot_word: NDArray[np.int32]
    like: NDArray[np.uint8]
    rank_of: NDArray[np.int32]
    touched: NDArray[np.int32]
    gains: NDArray[np.float32]
    hits: NDArray[np.int32]
    features: NDArray[np.float32]
    partners: NDArray[np.int8]


class Scratch(NamedTuple):
    """Small arrays that live as long as one call.

    Attributes:
        tally: words of the query, slots in use, slots asked for by the last unit.
        cut: the least gain that a name must have.
        asked: slots that the last unit is compared with.
        work: rows of an edit distance; after an alignment, the partner of each word.
        classes, keys: consonant classes and look-up keys of the word at hand.
        list_weight: information of each unit of the listed name at hand.
        cell_near, cell_units: likeness of each pair of alike units, and which two they are.
        whole_phones, whole_cuts, whole_weight, whole_tried: the query without its spaces, where it
            is cut for a listed name, what the pieces weigh, and the names that were tried.
        whole_near: likeness of the word that each unit of the query most resembles.
    """

    tally: NDArray[np.int64]
    cut: NDArray[np.float32]
    asked: NDArray[np.int32]
    work: NDArray[np.int64]
    classes: NDArray[np.uint8]
    keys: NDArray[np.uint64]
    list_weight: NDArray[np.float32]
    cell_near: NDArray[np.float32]
    cell_units: NDArray[np.int64]
    whole_phones: NDArray[np.uint8]
    whole_cuts: NDArray[np.int32]
    whole_weight: NDArray[np.float32]
    whole_tried: NDArray[np.int64]
    whole_near: NDArray[np.uint8]


class PairScratch(NamedTuple):
    """The part of a scratch that comparing two names needs."""

    work: NDArray[np.int64]
    cell_near: NDArray[np.float32]
    cell_units: NDArray[np.int64]


@kernel_part
def new_query() -> Query:
    """Return room for one encoded name."""
    return Query(np.empty((UNITS_MAX, WORD_BYTES), np.uint8), np.empty(UNITS_MAX, np.float32))


@lean_part
def rest_of_key(key: U64) -> U64:
    """Return the bits of a key that are told apart within a bucket."""
    return (key << np.uint64(BUCKET_BITS)) >> np.uint64(64 - WORD_BITS)


@kernel
def pack_keys(keys: Column, words: Column) -> None:
    """Turn each sorted key into the rest of it and, in its lower half, the word it leads to."""
    for at in range(keys.size):
        keys[at] = (rest_of_key(keys[at]) << np.uint64(WORD_BITS)) | np.uint64(words[at])


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
