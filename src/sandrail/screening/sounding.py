"""Kernels on one word: its phones, its keys, and how alike two words sound."""

from __future__ import annotations

import numpy as np

from sandrail.screening.phones import DIGIT0, PHONE, SOUNDS
from sandrail.world.jit import I64, U64, Column, kernel_part

__all__ = [
    "KEYS_MAX",
    "PHONES_N",
    "RAW_MAX",
    "RAW_N",
    "WORD_BYTES",
    "word_keys",
    "word_likeness",
    "word_phones",
]

RAW_MAX = 24
SOUND_MAX = 32
KEYS_MAX = 80
PHONES_AT, RAW_N, PHONES_N, WORD_BYTES = RAW_MAX, 62, 63, 64
"""A word is a row of bytes, one cache line: letters, phones, and how many of each."""

_SKIP_KEYS = 6
_A = PHONE["A"]
_H, _HF, _YA = PHONE["H"], PHONE["HF"], PHONE["Y"]
_PAIRS = np.zeros((128, 128), np.uint8)
for _pair, _name in (
    ("sh", "SH"), ("ch", "CH"), ("kh", "X"), ("gh", "GH"), ("th", "TH"), ("dh", "DH"), ("ph", "F"),
    ("zh", "J"), ("dj", "J"), ("ck", "K"), ("ee", "I"), ("oo", "U"), ("ou", "U"), ("tz", "Z"),
    ("sz", "S"), ("cz", "CH"), ("ie", "I"), ("ij", "I"),
):  # fmt: skip
    _PAIRS[ord(_pair[0]), ord(_pair[1])] = PHONE[_name]
_S, _K, _SH, _Y, _I, _E, _ALIF = (PHONE[n] for n in ("S", "K", "SH", "Y", "I", "E", "ALIF"))
_LETTER = SOUNDS.letter
_SUB, _ALONE, _LENGTH = SOUNDS.sub, SOUNDS.alone, SOUNDS.length
_SKELETON, _SECOND, _VOWEL = SOUNDS.skeleton, SOUNDS.second, SOUNDS.is_vowel


@kernel_part
def word_phones(table: Column, row: I64) -> None:
    """Fill the phones of one row from its letters."""
    raw = table[row]
    out = table[row, PHONES_AT:]
    start, size = 0, np.int64(raw[RAW_N])
    count = 0
    at = start
    end = start + size
    while at < end and count < SOUND_MAX:
        letter = raw[at]
        following = raw[at + 1] if at + 1 < end else 0
        phone = _LETTER[letter]
        step = 1
        if letter < 128 and following < 128 and _PAIRS[letter, following] != 0:
            phone = _PAIRS[letter, following]
            step = 2
            if letter == 115 and following == 99:  # sch
                phone = _S
        elif letter == 99 and (following == 101 or following == 105 or following == 121):
            phone = _S
        elif letter == 120 and at == start:
            phone = _SH
        elif letter == 121 and at > start:
            if following == 0 or _VOWEL[_LETTER[following]] == 0:
                phone = _I
        elif phone == _H and at + 1 == end and count > 0:
            phone = _HF
        at += step
        if phone == 0 or (count > 0 and out[count - 1] == phone and phone < DIGIT0):
            continue
        out[count] = phone
        count += 1
    raw[PHONES_N] = count


@kernel_part
def _distance(
    a: Column, ia: I64, na: I64, b: Column, ib: I64, nb: I64, head: I64, table: I64, limit: I64,
    work: Column,
) -> I64:  # fmt: skip
    """Return the least cost of turning one phone sequence into the other, up to ``limit``."""
    start = PHONES_AT + head
    work[0] = 0
    for j in range(nb):
        work[j + 1] = work[j] + _ALONE[table, b[ib, start + j]]
    for i in range(na):
        pa = a[ia, start + i]
        drop = np.int64(_ALONE[table, pa])
        diagonal = work[0]
        left = diagonal + drop
        work[0] = left
        lowest = left
        for j in range(nb):
            pb = b[ib, start + j]
            best = diagonal + _SUB[table, pa, pb]
            diagonal = work[j + 1]
            best = min(best, diagonal + drop)
            left = min(best, left + _ALONE[table, pb])
            work[j + 1] = left
            lowest = min(lowest, left)
        if lowest > limit:
            return 2 * limit + 100
    return work[nb]


@kernel_part
def _edits(
    a: Column, ia: I64, na: I64, b: Column, ib: I64, nb: I64, head: I64, work: Column
) -> I64:
    """Return the letters to insert, drop, exchange or swap between two short words."""
    for j in range(nb + 1):
        work[j] = j
        work[j + 40] = 0
    for i in range(na):
        diagonal = work[0]
        work[0] = i + 1
        before = 0
        own = a[ia, head + i]
        for j in range(nb):
            cost = 0 if own == b[ib, head + j] else 1
            best = min(diagonal + cost, work[j + 1] + 1, work[j] + 1)
            swapped = i > 0 and j > 0 and own == b[ib, head + j - 1]
            if swapped and a[ia, head + i - 1] == b[ib, head + j]:
                best = min(best, before + 1)
            before = work[j + 40]
            work[j + 40] = diagonal
            diagonal = work[j + 1]
            work[j + 1] = best
    return work[nb]


@kernel_part
def _shared_head(a: Column, ia: I64, b: Column, ib: I64, start: I64, least: I64) -> I64:
    """Return how many leading codes two words share; those cost nothing."""
    head = 0
    while head < least and a[ia, start + head] == b[ib, start + head]:
        head += 1
    return head


@kernel_part
def _shared_tail(
    a: Column, ia: I64, na: I64, b: Column, ib: I64, nb: I64, start: I64, most: I64
) -> I64:
    """Return how many trailing codes two words share beyond their common head."""
    tail = 0
    while tail < most and a[ia, start + na - 1 - tail] == b[ib, start + nb - 1 - tail]:
        tail += 1
    return tail


@kernel_part
def _spelling_likeness(
    a: Column, ia: I64, na: I64, b: Column, ib: I64, nb: I64, sound: I64, work: Column
) -> I64:
    """Return 100 less the share of letters that differ; 0 where more than a few do.

    Words that sound nothing alike are not compared letter by letter beyond two places.
    """
    least, longest = min(na, nb), max(na, nb)
    head = _shared_head(a, ia, b, ib, 0, least)
    tail = _shared_tail(a, ia, na, b, ib, nb, 0, least - head)
    left_a, left_b = na - head - tail, nb - head - tail
    left = max(left_a, left_b)
    if left == 0:
        return 100
    edits = left
    if left == 2 and left_a == left_b:
        if a[ia, head] == b[ib, head + 1] and a[ia, head + 1] == b[ib, head]:
            edits = 1
    elif left > 2:
        if sound < 50 or longest < 7 or abs(left_a - left_b) > 2:
            return 0
        edits = _edits(a, ia, left_a, b, ib, left_b, head, work)
    return min(100 - (100 * edits) // longest, 98)


@kernel_part
def word_likeness(a: Column, ia: I64, b: Column, ib: I64, work: Column) -> I64:
    """Return how alike two words are, 0 to 100: the better of their sound and their spelling.

    Args:
        a, b: tables of words; one row of ``WORD_BYTES`` each.
        ia, ib: the rows to compare.
    """
    na, nb = np.int64(a[ia, RAW_N]), np.int64(b[ib, RAW_N])
    pa, pb = np.int64(a[ia, PHONES_N]), np.int64(b[ib, PHONES_N])
    first, other = a[ia, 0], b[ib, 0]
    if first == 46 or other == 46 or first < 58 or other < 58 or pa == 0 or pb == 0:
        if na == nb and _shared_head(a, ia, b, ib, 0, na) == na:
            return 100
        return 40 if first == 46 and other == 46 else 0
    abjad_a, abjad_b = first >= 128, other >= 128
    table = 2 if abjad_a and abjad_b else (1 if abjad_a or abjad_b else 0)
    length = 0
    for i in range(pa):
        length += _LENGTH[table, a[ia, PHONES_AT + i]]
    for j in range(pb):
        length += _LENGTH[table, b[ib, PHONES_AT + j]]
    length = max(length, 200)
    head = _shared_head(a, ia, b, ib, PHONES_AT, min(pa, pb))
    tail = _shared_tail(a, ia, pa, b, ib, pb, PHONES_AT, min(pa, pb) - head)
    cost = _distance(
        a, ia, pa - head - tail, b, ib, pb - head - tail, head, table, (length * 20) // 100, work
    )
    best = 100 - (200 * cost) // length
    if table == 0:
        best = min(best, 98)
        if abs(na - nb) * 4 <= max(na, nb):
            best = max(best, _spelling_likeness(a, ia, na, b, ib, nb, best, work))
    return max(best, 0)


@kernel_part
def _mix(code: U64, value: I64) -> U64:
    code = (code ^ np.uint64(value + 1)) * np.uint64(0x9E3779B97F4A7C15)
    return code ^ (code >> np.uint64(29))


@kernel_part
def _skeleton_keys(classes: Column, n: I64, keys: Column, count: I64, deletes_from: I64) -> I64:
    """Append the key of a consonant skeleton, and of the skeleton less each consonant."""
    code = np.uint64(11)
    for i in range(n):
        code = _mix(code, classes[i])
    keys[count] = code
    count += 1
    if n >= deletes_from:
        for gone in range(n):
            if count >= KEYS_MAX:
                break
            code = np.uint64(11)
            for i in range(n):
                if i != gone:
                    code = _mix(code, classes[i])
            keys[count] = code
            count += 1
    return count


@kernel_part
def _spelling_keys(raw: Column, start: I64, n: I64, keys: Column, count: I64) -> I64:
    """Append the key of a spelling, and of the spelling less each letter."""
    code = np.uint64(7)
    for i in range(n):
        code = _mix(code, raw[start + i])
    keys[count] = code
    count += 1
    if n >= 4 and raw[start] < 128:
        for gone in range(n):
            if count >= KEYS_MAX or (gone > 0 and raw[start + gone] == raw[start + gone - 1]):
                continue
            code = np.uint64(7)
            for i in range(n):
                if i != gone:
                    code = _mix(code, raw[start + i])
            keys[count] = code
            count += 1
    return count


@kernel_part
def word_keys(table: Column, row: I64, classes: Column, keys: Column, brief: I64) -> I64:
    """Write the look-up keys of a word and return how many.

    Two words that share a key may be the same name: same spelling but for one letter, or same
    consonants but for one. ``brief`` is 1 for a joined pair, which gets no consonant keys in Latin
    script, and 2 for a Latin word that is asked for: the words of the index have the keys with one
    consonant less, and slips of the pen are found by spelling.
    """
    raw = table[row]
    count = _spelling_keys(raw, 0, np.int64(raw[RAW_N]), keys, 0)
    if brief == 1 and raw[0] < 128:
        return count
    doubtful = 0
    n = 0
    for i in range(np.int64(raw[PHONES_N])):
        phone = raw[PHONES_AT + i]
        group = _SKELETON[phone]
        if group != 0:
            classes[n] = group
            classes[n + 32] = _SECOND[phone]
            doubtful += 1 if _SECOND[phone] != 0 else 0
            n += 1
    if n == 0:
        return count
    count = _skeleton_keys(classes, n, keys, count, 99 if brief != 0 else 4)
    for turn in range(n if doubtful > 0 else 0):
        if classes[turn + 32] != 0 and count < KEYS_MAX:
            kept = classes[turn]
            classes[turn] = classes[turn + 32]
            count = _skeleton_keys(classes, n, keys, count, 99)
            classes[turn] = kept
    return count
