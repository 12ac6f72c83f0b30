"""The arrays that the kernels share, and a name made into one of them.

A *unit* is a word of a name, or two neighbouring words read as one.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sandrail.screening.sounding import RAW_MAX, RAW_N, word_phones
from sandrail.world.jit import I64, Column, kernel

__all__ = [
    "BUCKET_BITS",
    "CELLS_MAX",
    "FEATURES",
    "HITS_MAX",
    "LIKE_MIN",
    "SLOTS_MAX",
    "TOP_MAX",
    "UNITS_MAX",
    "WORDS_MAX",
    "WORK_CELLS",
    "PairScratch",
    "Query",
    "Scratch",
    "Vocabulary",
    "encode_words",
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
        whole_bucket, whole_keys, whole_place: sorted keys of whole names, and the name and the
            order of its words that each leads to (``8 * name + order``).
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
    whole_bucket: NDArray[np.int32]
    whole_keys: NDArray[np.uint64]
    whole_place: NDArray[np.int32]


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
    list_weight: NDArray[np.float32]
    cell_near: NDArray[np.float32]
    cell_units: NDArray[np.int64]
    hits: NDArray[np.int32]
    features: NDArray[np.float32]
    top_score: NDArray[np.float64]
    top_entry: NDArray[np.int32]
    top_name: NDArray[np.int32]
    top_crossed: NDArray[np.uint8]
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
