"""Kernels on one word: its phones, its keys, and how alike two words sound."""

from __future__ import annotations

import numpy as np

from sandrail.screening.known import SLOT_BITS, known_names
from sandrail.screening.phones import DIGIT0, PHONE, SOUNDS
from sandrail.world.jit import I64, U64, Column, lean_part

__all__ = [
    "CLASSES_ROOM",
    "KEYS_MAX",
    "PHONES_AT",
    "PHONES_N",
    "RAW_MAX",
    "RAW_N",
    "WORD_BYTES",
    "keys_less_one",
    "same_letters",
    "spelling_key",
    "word_keys",
    "word_length",
    "word_likeness",
    "word_phones",
]

RAW_MAX = 24
SOUND_MAX = 30
KEYS_MAX = 80
CLASSES_ROOM = 80
"""Bytes for the classes of a word's consonants, and for their second readings 32 bytes on."""
PHONES_AT, GROUP_AT, LENGTHS_AT, RAW_N, PHONES_N, WORD_BYTES = RAW_MAX, 54, 56, 62, 63, 64
"""A word is a row of bytes, one cache line: letters, phones, the number of the known name it is in
two bytes, its length by each table in two bytes, and how many letters and phones."""
_LENGTH_UNIT = 5
_SAME_NAME, _OTHER_NAME = 97, 45
"""How alike two spellings of one known name are, and at most two known names that sound alike."""

_BASE = np.uint64(0x100000001B3)
_POWERS = np.array([pow(0x100000001B3, i, 1 << 64) for i in range(SOUND_MAX + 1)], np.uint64)
_SPELLING, _SKELETON_SALT, _NAME_SALT = np.uint64(7), np.uint64(11), np.uint64(13)
_A = PHONE["A"]
_H, _HF, _YA = PHONE["H"], PHONE["HF"], PHONE["Y"]
_PAIRS = np.zeros((128, 128), np.uint8)
for _pair, _name in (
    ("sh", "SH"), ("ch", "CHX"), ("kh", "X"), ("gh", "GH"), ("th", "TH"), ("dh", "DH"), ("ph", "F"),
    ("zh", "J"), ("dj", "J"), ("ck", "K"), ("ee", "I"), ("oo", "U"), ("ou", "U"), ("tz", "Z"),
    ("sz", "SH"), ("cz", "CH"), ("ie", "I"), ("ij", "I"), ("sj", "SH"), ("tj", "CH"), ("dz", "DH"),
):  # fmt: skip
    _PAIRS[ord(_pair[0]), ord(_pair[1])] = PHONE[_name]
_SH, _J, _CH, _CS, _GJ, _I = (PHONE[n] for n in ("SH", "J", "CH", "CS", "GJ", "I"))
_C, _D, _E_, _H_, _I_, _S_, _T, _Y_, _Z = (ord(c) for c in "cdehistyz")
_LETTER = SOUNDS.letter
_SUB, _ALONE, _LENGTH = SOUNDS.sub, SOUNDS.alone, SOUNDS.length
_SKELETON, _SECOND, _VOWEL = SOUNDS.skeleton, SOUNDS.second, SOUNDS.is_vowel
_KNOWN_CODES, _KNOWN_GROUPS = known_names().codes, known_names().groups
_KNOWN_SHIFT, _KNOWN_MASK = np.uint64(64 - SLOT_BITS), np.int64((1 << SLOT_BITS) - 1)


@lean_part
def _long_sound(first: I64, second: I64, third: I64, fourth: I64) -> I64:
    """Return the one sound of three or four letters plus 64 times how many, or 0.

    ``dsch`` and ``dzh`` are ``j``; ``tsch``, ``tch`` and ``tsh`` are ``ch``; ``sch``, ``sc`` before
    ``e`` and ``i`` and ``sy`` before a vowel are ``sh``.
    """
    if first == _D and second == _S_ and third == _C and fourth == _H_:
        return 4 * 64 + _J
    if first == _D and second == _Z and third == _H_:
        return 3 * 64 + _J
    if first == _T and second == _S_ and third == _C and fourth == _H_:
        return 4 * 64 + _CH
    if first == _T and second in (_C, _S_) and third == _H_:
        return 3 * 64 + _CH
    if first != _S_:
        return 0
    if second == _C and third == _H_:
        return 3 * 64 + _SH
    if second == _C and third in (_E_, _I_):
        return 2 * 64 + _SH
    if second == _Y_ and third < 128 and _VOWEL[_LETTER[third]] != 0:
        return 2 * 64 + _SH
    return 0


@lean_part
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
        third = raw[at + 2] if at + 2 < end else 0
        fourth = raw[at + 3] if at + 3 < end else 0
        long = _long_sound(letter, following, third, fourth)
        if long > 0:
            phone, step = long % 64, long // 64
        elif letter < 128 and following < 128 and _PAIRS[letter, following] != 0:
            phone = _PAIRS[letter, following]
            step = 2
        elif letter == 99 and (following == 101 or following == 105 or following == 121):
            phone = _CS
        elif letter == 103 and (following == 101 or following == 105 or following == 121):
            phone = _GJ
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
    group = _known_name(raw, size)
    raw[GROUP_AT], raw[GROUP_AT + 1] = group % 256, group // 256
    for table in range(3):
        length = np.int64(0)
        for i in range(count):
            length += np.int64(_LENGTH[table, out[i]])
        raw[LENGTHS_AT + 2 * table] = (length // _LENGTH_UNIT) % 256
        raw[LENGTHS_AT + 2 * table + 1] = (length // _LENGTH_UNIT) // 256


@lean_part
def word_length(a: Column, ia: I64, table: I64) -> I64:
    """Return how long a word is in hundredths of a consonant, as :func:`word_phones` stored it."""
    at = LENGTHS_AT + 2 * table
    return _LENGTH_UNIT * (np.int64(a[ia, at]) + 256 * np.int64(a[ia, at + 1]))


@lean_part
def _known_name(raw: Column, size: I64) -> I64:
    """Return the number of the known name that these letters spell, 0 for none."""
    code: U64 = np.uint64(size)
    for i in range(size):
        code = code * _BASE + np.uint64(raw[i]) + np.uint64(1)
    mixed: U64 = (code ^ (code >> np.uint64(29))) * np.uint64(0x9E3779B97F4A7C15)
    slot = np.int64(mixed >> _KNOWN_SHIFT)
    while _KNOWN_CODES[slot] != 0:
        if _KNOWN_CODES[slot] == code:
            return np.int64(_KNOWN_GROUPS[slot])
        slot = (slot + 1) & _KNOWN_MASK
    return np.int64(0)


@lean_part
def _group(table: Column, row: I64) -> I64:
    return np.int64(table[row, GROUP_AT]) + 256 * np.int64(table[row, GROUP_AT + 1])


@lean_part
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


@lean_part
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


@lean_part
def _shared_head(a: Column, ia: I64, b: Column, ib: I64, start: I64, least: I64) -> I64:
    """Return how many leading codes two words share; those cost nothing."""
    head = 0
    while head < least and a[ia, start + head] == b[ib, start + head]:
        head += 1
    return head


@lean_part
def _shared_tail(
    a: Column, ia: I64, na: I64, b: Column, ib: I64, nb: I64, start: I64, most: I64
) -> I64:
    """Return how many trailing codes two words share beyond their common head."""
    tail = 0
    while tail < most and a[ia, start + na - 1 - tail] == b[ib, start + nb - 1 - tail]:
        tail += 1
    return tail


@lean_part
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


@lean_part
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
    group_a, group_b = _group(a, ia), _group(b, ib)
    if group_a != group_b and group_a != 0 and group_b != 0:
        return _OTHER_NAME
    abjad_a, abjad_b = first >= 128, other >= 128
    table = 2 if abjad_a and abjad_b else (1 if abjad_a or abjad_b else 0)
    length = max(word_length(a, ia, table) + word_length(b, ib, table), 200)
    head = _shared_head(a, ia, b, ib, PHONES_AT, min(pa, pb))
    tail = _shared_tail(a, ia, pa, b, ib, pb, PHONES_AT, min(pa, pb) - head)
    cost = _distance(
        a, ia, pa - head - tail, b, ib, pb - head - tail, head, table, (length * 20) // 100, work
    )
    best = 100 - (200 * cost) // length
    if group_a != 0 and group_a == group_b:
        best = max(best, _SAME_NAME)
    if table == 0:
        best = min(best, 98)
        if abs(na - nb) * 4 <= max(na, nb):
            best = max(best, _spelling_likeness(a, ia, na, b, ib, nb, best, work))
    return max(best, 0)


@lean_part
def _spread_bits(code: U64, salt: U64) -> U64:
    """Make the upper bits of a sum of powers good enough to choose a bucket by."""
    code = (code ^ salt) * np.uint64(0x9E3779B97F4A7C15)
    return (code ^ (code >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)


@lean_part
def keys_less_one(codes: Column, n: I64, keys: Column, count: I64, salt: U64, deletes: I64) -> I64:
    """Append the key of a sequence and, if ``deletes``, of the sequence less each of its codes.

    The hash is a polynomial, so that leaving one code out costs two multiplications, not a pass.
    A code that repeats its neighbour is left out once only.
    """
    whole: U64 = np.uint64(n)
    for i in range(n):
        whole = whole * _BASE + np.uint64(codes[i]) + np.uint64(1)
    keys[count] = _spread_bits(whole, salt)
    count += 1
    if deletes == 0:
        return count
    head: U64 = np.uint64(0)
    whole -= np.uint64(n) * _POWERS[n]
    for gone in range(n):
        own = np.uint64(codes[gone]) + np.uint64(1)
        power = _POWERS[n - 1 - gone]
        if count < KEYS_MAX and (gone == 0 or codes[gone] != codes[gone - 1]):
            rest = whole - (head * _BASE + own) * power + head * power
            keys[count] = _spread_bits(rest + np.uint64(n - 1) * _POWERS[n - 1], salt)
            count += 1
        head = head * _BASE + own
    return count


@lean_part
def spelling_key(table: Column, row: I64, keys: Column) -> U64:
    """Return the key of a word's letters, which no other word is likely to have."""
    keys_less_one(table[row], np.int64(table[row, RAW_N]), keys, 0, _SPELLING, 0)
    return keys[0]


@lean_part
def same_letters(a: Column, ia: I64, b: Column, ib: I64) -> bool:
    """Whether two words are spelled alike to the letter."""
    size = np.int64(a[ia, RAW_N])
    return bool(b[ib, RAW_N] == size and _shared_head(a, ia, b, ib, 0, size) == size)


@lean_part
def word_keys(table: Column, row: I64, classes: Column, keys: Column, brief: I64) -> I64:
    """Write the look-up keys of a word and return how many.

    Two words that share a key may be the same name: same spelling but for one letter, or same
    consonants but for one. ``brief`` is 1 for a joined pair, which gets no consonant keys in Latin
    script, and 2 for a Latin word that is asked for: the words of the index have the keys with one
    consonant less, and slips of the pen are found by spelling.
    """
    raw = table[row]
    size = np.int64(raw[RAW_N])
    slips = 1 if size >= 4 and raw[0] < 128 else 0
    count = keys_less_one(raw, size, keys, 0, _SPELLING, slips)
    if brief == 1 and raw[0] < 128:
        return count
    group = _group(table, row)
    if group != 0:
        keys[count] = _spread_bits(np.uint64(group), _NAME_SALT)
        count += 1
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
    slips = 1 if brief == 0 and n >= 4 else 0
    count = keys_less_one(classes, n, keys, count, _SKELETON_SALT, slips)
    for turn in range(n if doubtful > 0 else 0):
        if classes[turn + 32] != 0 and count < KEYS_MAX:
            kept = classes[turn]
            classes[turn] = classes[turn + 32]
            count = keys_less_one(classes, n, keys, count, _SKELETON_SALT, 0)
            classes[turn] = kept
    return count
