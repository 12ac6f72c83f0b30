"""Kernels on whole names: where the spaces stand does not matter.

``SaddamHussein``, ``Sadda mHusein`` and ``Husain Saddam`` have the consonants of one name. A name
of the index has a key for its row of coarse consonants, in several orders, and for that row less
each consonant. A query that shares a key is cut where the words of the listed name end: aligned by
sound, each word has a piece of it. The pieces are then words like any others.
"""

from __future__ import annotations

import numpy as np

from sandrail.screening.aligning import align
from sandrail.screening.encoding import (
    BUCKET_BITS,
    LIKE_MIN,
    UNKNOWN_PARTNERS,
    WORD_BITS,
    WORDS_MAX,
    Memory,
    Query,
    Scratch,
    Vocabulary,
    encode_words,
    new_query,
    rest_of_key,
)
from sandrail.screening.phones import PHONE, SOUNDS
from sandrail.screening.sounding import (
    KEYS_MAX,
    PHONES_AT,
    PHONES_N,
    keys_less_one,
    word_length,
    word_likeness,
)
from sandrail.world.jit import I64, Column, kernel, lean_part

__all__ = ["CUTS", "PHONES_MAX", "TRIES_MAX", "keys_of_wholes", "whole_hits"]

PHONES_MAX = 79
CLASSES_MAX = 30
TRIES_MAX = 48
ORDERS = 7
"""As listed; last word first; backwards; first word last; and of three words and more the first and
the last, the last and the first, the first and the second."""

CUTS = 4 * (WORDS_MAX + 1)
"""Rows of working memory: cost and start of each word's piece, and the same with a particle."""

_EXACT_MIN, _LESS_MIN, _ASKED_LESS_MIN = 3, 5, 7
"""Consonants from which a row has a key, keys with one less, and is asked for with one less."""

_ROWS_AT, _ENDS_AT = PHONES_MAX + 1, 2 * (PHONES_MAX + 1)
_TITLE_NATS = np.float32(0.3)
_FAR = 30_000
_PARTICLE = 12
_SALT = np.uint64(13)
_LOWER_HALF = np.uint64((1 << WORD_BITS) - 1)
_COARSE, _VOWEL = SOUNDS.coarse, SOUNDS.is_vowel
_SUB, _ALONE, _LENGTH = SOUNDS.sub, SOUNDS.alone, SOUNDS.length
_L, _B, _N = PHONE["L"], PHONE["B"], PHONE["N"]


@lean_part
def _order_size(order: I64, size: I64) -> I64:
    """Return how many words a name has in an order, 0 where the order says nothing new."""
    if order == 0 or (order == 1 and size == 2):
        return size
    if size < 3:
        return 0
    return size if order < 4 else 2


@lean_part
def _order_word(order: I64, at: I64, size: I64) -> I64:
    """Return which word of the name stands at a place in an order."""
    if order == 0:
        return at
    if order == 1:
        return (at + size - 1) % size
    if order == 2:
        return size - 1 - at
    if order == 3:
        return (at + 1) % size
    if order == 4:
        return 0 if at == 0 else size - 1
    if order == 5:
        return size - 1 if at == 0 else 0
    return at


@lean_part
def _add_classes(table: Column, row: I64, classes: Column, count: I64) -> I64:
    """Append the coarse consonants of a word; a neighbour's repetition counts once."""
    for i in range(np.int64(table[row, PHONES_N])):
        group = _COARSE[table[row, PHONES_AT + i]]
        if group != 0 and count < CLASSES_MAX and (count == 0 or classes[count - 1] != group):
            classes[count] = group
            count += 1
    return count


@kernel
def keys_of_wholes(text: Column, ends: Column, turned: I64, keys: Column, places: Column) -> I64:
    """Write the keys of many names; return how many there are, even where there is no room.

    Args:
        text: folded words parted by spaces, one name after the other.
        ends: where each name ends.
        turned: 1 for every order, 0 for the listed one.
        keys, places: receive the keys, and ``8 * name + order`` of each.
    """
    query, classes = new_query(), np.zeros(2 * CLASSES_MAX, np.uint8)
    own = np.zeros(KEYS_MAX + 8, np.uint64)
    total = 0
    start = 0
    for name in range(ends.size):
        end = np.int64(ends[name])
        words = encode_words(text[start:end], query)
        start = int(end)
        for order in range(ORDERS if turned else 1):
            size = _order_size(order, words)
            count = 0
            for at in range(size):
                count = _add_classes(query.word, _order_word(order, at, words), classes, count)
            if size == 0 or count < _EXACT_MIN:
                continue
            found = keys_less_one(classes, count, own, 0, _SALT, 1 if count >= _LESS_MIN else 0)
            for i in range(found):
                if total < keys.size:
                    keys[total] = own[i]
                    places[total] = name * 8 + order
                total += 1
    return total


@lean_part
def _ask_phones(query: Query, words: I64, order: I64, scratch: Scratch) -> I64:
    """Lay the sounds of the query's words in a row, titles left out; return how many.

    Where a word begins, its row (plus one) and its end are noted behind the sounds.
    """
    count = 0
    size = _order_size(order, words)
    for at in range(size):
        row = _order_word(order, at, words)
        is_title = query.weight[row] < _TITLE_NATS and scratch.whole_near[row] == 100
        if words > 1 and is_title:
            continue
        begun = count
        for i in range(np.int64(query.word[row, PHONES_N])):
            if count < PHONES_MAX:
                scratch.whole_phones[count] = query.word[row, PHONES_AT + i]
                scratch.whole_phones[_ROWS_AT + count] = 0
                count += 1
        if count > begun:
            scratch.whole_phones[_ROWS_AT + begun] = row + 1
            scratch.whole_phones[_ENDS_AT + begun] = count
    return count


@lean_part
def _particles(cuts: Column, done: I64, n: I64, phones: Column) -> None:
    """Let an article or ``bin`` behind a word belong to no word, for next to nothing."""
    before, after = 4 * done, 4 * done + 2
    for j in range(n + 1):
        cuts[after, j] = cuts[before, j]
        cuts[after + 1, j] = j
        back = 0
        if j >= 2 and phones[j - 1] == _L and _VOWEL[phones[j - 2]] != 0:
            back = 2
        elif j >= 3 and phones[j - 1] == _N and phones[j - 3] == _B:
            back = 3
        if back > 0 and cuts[before, j - back] + _PARTICLE < cuts[after, j]:
            cuts[after, j] = cuts[before, j - back] + _PARTICLE
            cuts[after + 1, j] = j - back


@lean_part
def _cut_word(table: Column, row: I64, kind: I64, done: I64, n: I64, limit: I64,
              scratch: Scratch) -> I64:  # fmt: skip
    """Extend the alignment by one listed word; return 1, or 0 when every way costs too much.

    ``cuts`` holds four rows a word: cost and start of a piece that ends here, and the same when a
    particle may stand behind it. Only columns within the limit (from ``low`` to ``high``) are kept.
    """
    cuts, phones = scratch.whole_cuts, scratch.whole_phones
    old, new = 4 * done + 2, 4 * (done + 1)
    low, high = n + 1, -1
    for j in range(n + 1):
        best = np.int64(cuts[old, j])
        start = np.int64(j)
        if j > 0 and np.int64(cuts[new, j - 1]) + np.int64(_ALONE[kind, phones[j - 1]]) < best:
            best = np.int64(cuts[new, j - 1]) + np.int64(_ALONE[kind, phones[j - 1]])
            start = np.int64(cuts[new + 1, j - 1])
        cuts[new, j] = best if best <= limit else _FAR
        cuts[new + 1, j] = start
        if best <= limit:
            low, high = min(low, j), j
    for i in range(np.int64(table[row, PHONES_N])):
        own = table[row, PHONES_AT + i]
        drop = np.int64(_ALONE[kind, own])
        diagonal, begun = np.int64(_FAR), np.int64(0)
        lowest, highest = n + 1, -1
        j = low
        while j <= n and (j <= high + 1 or cuts[new, j - 1] < _FAR):
            above, above_start = np.int64(cuts[new, j]), np.int64(cuts[new + 1, j])
            best, start = above + drop, above_start
            if j > low:
                swapped = diagonal + np.int64(_SUB[kind, own, phones[j - 1]])
                if swapped < best:
                    best, start = swapped, begun
                beside = np.int64(cuts[new, j - 1]) + np.int64(_ALONE[kind, phones[j - 1]])
                if beside < best:
                    best, start = beside, np.int64(cuts[new + 1, j - 1])
            diagonal, begun = above, above_start
            cuts[new, j] = best if best <= limit else _FAR
            cuts[new + 1, j] = start
            if best <= limit:
                lowest, highest = min(lowest, j), j
            j += 1
        low, high = lowest, highest
        if high < 0:
            return 0
    return 1 if high >= 0 else 0


@lean_part
def _cut(vocabulary: Vocabulary, name: I64, order: I64, n: I64, kind: I64, scratch: Scratch) -> I64:
    """Align the query's sounds with the words of a name; return how many words, 0 if too unlike."""
    cuts, phones = scratch.whole_cuts, scratch.whole_phones
    first = vocabulary.name_from[name]
    whole: I64 = min(np.int64(vocabulary.name_from[name + 1] - first), WORDS_MAX)
    size = _order_size(order, whole)
    limit = np.int64(200)
    for j in range(n + 1):
        cuts[0, j] = 0 if j == 0 else _FAR
        limit += np.int64(_LENGTH[kind, phones[j]]) if j < n else 0
    limit = (limit * 25) // 100
    _particles(cuts, 0, n, phones)
    for at in range(size):
        word = vocabulary.name_word[first + _order_word(order, at, whole)]
        if vocabulary.weight[word] < _TITLE_NATS:
            for j in range(n + 1):
                cuts[4 * at + 4, j] = cuts[4 * at + 2, j]
                cuts[4 * at + 5, j] = j
        elif _cut_word(vocabulary.word, word, kind, at, n, limit, scratch) == 0:
            return 0
        _particles(cuts, at + 1, n, phones)
    return size if cuts[4 * size, n] <= limit else 0


@lean_part
def _pieces(
    query: Query, vocabulary: Vocabulary, name: I64, order: I64, size: I64, n: I64, kind: I64,
    unseen: Column, scratch: Scratch,
) -> I64:  # fmt: skip
    """Weigh the piece of each listed word and list those that sound like it; return how many.

    A piece that is a word of the query, as it stands, is compared as words are.
    """
    cuts, phones, list_weight = scratch.whole_cuts, scratch.whole_phones, scratch.list_weight
    first = vocabulary.name_from[name]
    whole: I64 = min(np.int64(vocabulary.name_from[name + 1] - first), WORDS_MAX)
    for j in range(whole):
        list_weight[j] = vocabulary.weight[vocabulary.name_word[first + j]]
        list_weight[WORDS_MAX + j] = 0.0
    cells, end = 0, np.int64(n)
    for back in range(size):
        at = size - 1 - back
        column = _order_word(order, at, whole)
        word = vocabulary.name_word[first + column]
        start = np.int64(cuts[4 * (at + 1) + 1, end])
        cost = np.int64(cuts[4 * (at + 1), end]) - np.int64(cuts[4 * at + 2, start])
        length = word_length(vocabulary.word, word, kind)
        for j in range(start, end):
            length += np.int64(_LENGTH[kind, phones[j]])
        like = 100 - (200 * cost) // max(length, 200)
        like = like if start < end else 0
        row = np.int64(phones[_ROWS_AT + start]) - 1 if start < end else np.int64(-1)
        if row >= 0 and np.int64(phones[_ENDS_AT + start]) == end:
            like = word_likeness(query.word, row, vocabulary.word, word, scratch.work)
        scratch.whole_weight[at] = list_weight[column] if like >= 74 else unseen[0]
        if like >= LIKE_MIN:
            scratch.cell_near[cells] = np.float32(like) * np.float32(0.01)
            scratch.cell_units[cells] = at * 64 + column
            cells += 1
        end = np.int64(cuts[4 * at + 3, start])
    return cells


@lean_part
def _try_name(
    query: Query, vocabulary: Vocabulary, memory: Memory, scratch: Scratch, place: I64, n: I64,
    kept: I64, settings: Column,
) -> I64:  # fmt: skip
    """Describe the query cut by the words of one name as one more hit; return how many hits."""
    name, order = place // 8, place % 8
    first = vocabulary.name_from[name]
    abjad_name = vocabulary.word[vocabulary.name_word[first], 0] >= 128
    abjad_query = query.word[0, 0] >= 128
    kind = 2 if abjad_name and abjad_query else (1 if abjad_name or abjad_query else 0)
    size = _cut(vocabulary, name, order, n, kind, scratch)
    if size == 0 or kept >= memory.hits.size:
        return kept
    cells = _pieces(query, vocabulary, name, order, size, n, kind, settings[0:1], scratch)
    whole: I64 = min(np.int64(vocabulary.name_from[name + 1] - first), WORDS_MAX)
    align(
        scratch.whole_weight, size, scratch.list_weight, whole, scratch, cells,
        memory.features[kept],
    )  # fmt: skip
    memory.hits[kept] = name
    memory.partners[kept, 0] = UNKNOWN_PARTNERS
    return kept + 1


@lean_part
def _as_long(vocabulary: Vocabulary, place: I64, n: I64) -> bool:
    """Whether a name, in an order, has about as many sounds as the query."""
    name, order = place // 8, place % 8
    first = vocabulary.name_from[name]
    whole: I64 = min(np.int64(vocabulary.name_from[name + 1] - first), WORDS_MAX)
    sounds = np.int64(0)
    for at in range(_order_size(order, whole)):
        word = vocabulary.name_word[first + _order_word(order, at, whole)]
        sounds += np.int64(vocabulary.word[word, PHONES_N])
    return bool(3 * abs(sounds - n) <= max(sounds, n) + 3)


@lean_part
def _explained(memory: Memory, name: I64, words: I64, kept: I64) -> I64:
    """Return 1 when the words of the query, as they stand, already agree with this name."""
    for h in range(kept):
        if memory.hits[h] == name:
            features = memory.features[h]
            if features[15] >= words and features[8] >= np.float32(0.85):
                return 1
    return 0


@lean_part
def _all_known(scratch: Scratch, words: I64) -> bool:
    """Whether the query is two words or more that all stand in the index: no space is misplaced."""
    known = 0
    for i in range(words):
        known += 1 if scratch.whole_near[i] == 100 else 0
    return bool(words > 1 and known == words)


@lean_part
def whole_hits(
    query: Query, vocabulary: Vocabulary, memory: Memory, scratch: Scratch, kept: I64,
    settings: Column,
) -> I64:  # fmt: skip
    """Append the names that the query is when its spaces are left out; return how many hits.

    ``settings[3]`` is 1 where the index knows names in listed order only: the query is turned then.
    """
    words = scratch.tally[0]
    tried = 0
    found = kept
    if _all_known(scratch, words):
        return kept
    shift, half = np.uint64(64 - BUCKET_BITS), np.uint64(WORD_BITS)
    for order in range(4 if settings[3] > 0 else 1):
        if _order_size(order, words) == 0:
            continue
        n = _ask_phones(query, words, order, scratch)
        count = 0
        for i in range(n):
            group = _COARSE[scratch.whole_phones[i]]
            again = count > 0 and scratch.classes[count - 1] == group
            if group != 0 and not again and count < CLASSES_MAX:
                scratch.classes[count] = group
                count += 1
        if count < _EXACT_MIN:
            continue
        slips = 1 if count >= _ASKED_LESS_MIN else 0
        keys = keys_less_one(scratch.classes, count, scratch.keys, 0, _SALT, slips)
        for k in range(keys):
            key = scratch.keys[k]
            bucket = np.int64(key >> shift)
            at = np.int64(vocabulary.whole_bucket[bucket])
            end = np.int64(vocabulary.whole_bucket[bucket + 1])
            rest = rest_of_key(key)
            while at < end and (vocabulary.whole_keys[at] >> half) < rest:
                at += 1
            while at < end and (vocabulary.whole_keys[at] >> half) == rest and tried < TRIES_MAX:
                place = np.int64(vocabulary.whole_keys[at] & _LOWER_HALF)
                at += 1
                if not _as_long(vocabulary, place, n):
                    continue
                seen = 0
                while seen < tried and scratch.whole_tried[seen] != place:
                    seen += 1
                if seen < tried:
                    continue
                scratch.whole_tried[tried] = place
                tried += 1
                if _explained(memory, place // 8, words, kept) == 0:
                    found = _try_name(query, vocabulary, memory, scratch, place, n, found, settings)
    return found
