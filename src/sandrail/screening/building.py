"""Many names made into a vocabulary, by kernels over one buffer of letters.

A book of a million parties is indexed when the lists change, so that a second a thousand names
would be an hour. Words are slices of the buffer until they are known to be distinct: only then do
they get a row of their own.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sandrail.screening.sounding import RAW_MAX, RAW_N
from sandrail.world.jit import I64, U64, Column, kernel, lean_part

__all__ = [
    "Postings",
    "Words",
    "count_owners",
    "fill_rows",
    "find_words",
    "intern_pairs",
    "intern_words",
    "nats_of_shares",
    "post_names",
    "read_words",
    "sort_keys",
]

BLANK, POINT = 32, 46
_ABJAD = 128
_PRIME, _MIX = np.uint64(0x100000001B3), np.uint64(0x9E3779B97F4A7C15)
_DIGIT_BITS, _DIGITS = 11, 6
"""Keys of 64 bits are sorted by six digits of eleven bits; a digit's counters stay in the cache."""

_SHARE_MIN, _NATS_MIN = 1e-9, 0.4


class Words(NamedTuple):
    """Distinct words, found by their letters; arrays with room for every word of the buffer.

    Attributes:
        start, stop: where in the buffer a word was first seen; blanks inside it do not count.
        slot: one more than the number of the word, by hash; 0 for none. The size is a power of 2.
        tag: the upper half of the hash of the word in each slot.
        known: how many words there are.
    """

    start: NDArray[np.int64]
    stop: NDArray[np.int64]
    slot: NDArray[np.int32]
    tag: NDArray[np.uint32]
    known: NDArray[np.int64]


class Postings(NamedTuple):
    """Which names hold a word: ``name[begin[w] : begin[w + 1]]``."""

    begin: NDArray[np.int32]
    name: NDArray[np.int32]


@kernel
def read_words(text: Column, ends: Column, name_from: Column, start: Column, stop: Column) -> I64:
    """Find the words of each name; return how many there are.

    Args:
        text: words parted by blanks, one name after the other.
        ends: where each name ends.
        name_from: receives the first word of each name, and the number of words.
        start, stop: receive where each word lies.
    """
    count = 0
    at: I64 = 0
    for name in range(ends.size):
        name_from[name] = count
        end = np.int64(ends[name])
        begun = at
        while at <= end:
            if at == end or text[at] == BLANK:
                if at > begun:
                    start[count], stop[count] = begun, at
                    count += 1
                begun = at + 1
            at += 1
        at = end
    name_from[ends.size] = count
    return count


@lean_part
def _hash(text: Column, start: I64, stop: I64) -> U64:
    code: U64 = np.uint64(1)
    for at in range(start, stop):
        if text[at] != BLANK:
            code = (code ^ np.uint64(text[at])) * _PRIME
    code = (code ^ (code >> np.uint64(31))) * _MIX
    return code ^ (code >> np.uint64(29))


@lean_part
def _same(text: Column, one: I64, one_stop: I64, two: I64, two_stop: I64) -> I64:
    """Whether two slices have the same letters; blanks do not count."""
    while True:
        while one < one_stop and text[one] == BLANK:
            one += 1
        while two < two_stop and text[two] == BLANK:
            two += 1
        if one == one_stop or two == two_stop:
            return one == one_stop and two == two_stop
        if text[one] != text[two]:
            return False
        one += 1
        two += 1


@lean_part
def _find(text: Column, start: I64, stop: I64, words: Words, code: U64) -> I64:
    """Return the slot where a word is or would be."""
    mask = words.slot.size - 1
    tag = np.uint32(code >> np.uint64(32))
    at = np.int64(code & np.uint64(mask))
    while words.slot[at] != 0:
        word = words.slot[at] - 1
        if words.tag[at] == tag and _same(text, start, stop, words.start[word], words.stop[word]):
            break
        at = (at + 1) & mask
    return at


@lean_part
def _intern(text: Column, start: I64, stop: I64, words: Words) -> I64:
    """Return the number of a word, a new one where it was never seen."""
    code = _hash(text, start, stop)
    at = _find(text, start, stop, words, code)
    if words.slot[at] == 0:
        count = words.known[0]
        words.start[count], words.stop[count] = start, stop
        words.slot[at] = count + 1
        words.tag[at] = np.uint32(code >> np.uint64(32))
        words.known[0] = count + 1
    return words.slot[at] - 1


@kernel
def intern_words(text: Column, start: Column, stop: Column, words: Words, number: Column) -> None:
    """Give each slice of the buffer the number of its word."""
    for i in range(start.size):
        number[i] = _intern(text, np.int64(start[i]), np.int64(stop[i]), words)


@kernel
def find_words(text: Column, start: Column, stop: Column, words: Words, number: Column) -> None:
    """Give each slice of the buffer the number of its word, or -1 where there is no such word."""
    for i in range(start.size):
        code = _hash(text, np.int64(start[i]), np.int64(stop[i]))
        at = _find(text, np.int64(start[i]), np.int64(stop[i]), words, code)
        number[i] = words.slot[at] - 1


@lean_part
def _stand_joined(text: Column, start: I64, middle: I64, stop: I64) -> I64:
    """Whether two neighbouring words are ever written as one; see ``segment.joined_word``."""
    if stop - start - 1 > RAW_MAX or (text[start] < _ABJAD) != (text[middle] < _ABJAD):
        return False
    at = start
    while at < stop and text[at] != POINT:
        at += 1
    return at == stop


@kernel
def intern_pairs(text: Column, name_from: Column, start: Column, stop: Column, words: Words,
                 number: Column) -> None:  # fmt: skip
    """Give each word of a name the number of what it makes with the next one, or -1."""
    for name in range(name_from.size - 1):
        last = name_from[name + 1] - 1
        for i in range(name_from[name], last + 1):
            number[i] = -1
            if i < last and _stand_joined(text, start[i], start[i + 1], stop[i + 1]):
                number[i] = _intern(text, np.int64(start[i]), np.int64(stop[i + 1]), words)


@kernel
def fill_rows(text: Column, words: Words, rows: Column) -> None:
    """Copy the letters of each word to its row."""
    for word in range(rows.shape[0]):
        size = 0
        for at in range(words.start[word], words.stop[word]):
            if text[at] != BLANK and size < RAW_MAX:
                rows[word, size] = text[at]
                size += 1
        rows[word, RAW_N] = size


@kernel
def post_names(name_from: Column, name_word: Column, name_joined: Column, out: Postings) -> None:
    """Fill the postings: a word's own names first, then those where it is two words joined."""
    begin = out.begin
    for turn in range(2):
        numbers = name_joined if turn else name_word
        for i in range(numbers.size):
            if numbers[i] >= 0:
                begin[numbers[i] + 1] += 1
    for word in range(begin.size - 1):
        begin[word + 1] += begin[word]
    for turn in range(2):
        numbers = name_joined if turn else name_word
        for name in range(name_from.size - 1):
            for i in range(name_from[name], name_from[name + 1]):
                word = numbers[i]
                if word >= 0:
                    to = begin[word]
                    out.name[to] = name
                    begin[word] = to + 1
    for word in range(begin.size - 1, 0, -1):
        begin[word] = begin[word - 1]
    begin[0] = 0


@kernel
def count_owners(begin: Column, posted: Column, owner: Column, seen: Column, out: Column) -> None:
    """Count the different owners of the names that hold each word.

    Args:
        begin, posted: the postings.
        owner: of each name, numbered without gaps.
        seen: a cell an owner, -1 at first.
        out: receives the counts.
    """
    for word in range(out.size):
        for at in range(begin[word], begin[word + 1]):
            own = owner[posted[at]]
            if seen[own] != word:
                seen[own] = word
                out[word] += 1.0


@kernel
def nats_of_shares(shares: Column, out: Column) -> None:
    """Return the information of ordinary words in nats; see ``segment.word_weight``."""
    for i in range(shares.size):
        out[i] = max(-math.log(max(shares[i], _SHARE_MIN)), _NATS_MIN)


@kernel
def sort_keys(keys: Column, values: Column, keys_room: Column, values_room: Column) -> None:
    """Sort keys in place, and their values with them; equal keys keep their order.

    Args:
        keys_room, values_room: as large as the keys and values.
    """
    counts = np.zeros((_DIGITS, 1 << _DIGIT_BITS), np.int64)
    mask, width = np.uint64((1 << _DIGIT_BITS) - 1), np.uint64(_DIGIT_BITS)
    for i in range(keys.size):
        rest = keys[i]
        for digit in range(_DIGITS):
            counts[digit, np.int64(rest & mask)] += 1
            rest >>= width
    for digit in range(_DIGITS):
        total: I64 = 0
        for value in range(1 << _DIGIT_BITS):
            own: I64 = counts[digit, value]
            counts[digit, value] = total
            total += own
        shift = np.uint64(digit * _DIGIT_BITS)
        for i in range(keys.size):
            lowest = np.int64((keys[i] >> shift) & mask)
            to = counts[digit, lowest]
            counts[digit, lowest] = to + 1
            keys_room[to], values_room[to] = keys[i], values[i]
        keys, keys_room = keys_room, keys
        values, values_room = values_room, values
