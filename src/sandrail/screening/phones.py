"""Sounds: what a letter can stand for, and what it costs to hear one sound as another.

Latin letters and abjad letters become *phones*, one byte each. Three cost tables exist, because a
missing vowel means nothing between an unvowelled and a vowelled spelling, a little between two
Arabic spellings, and something between two Latin ones. Costs are hundredths of a consonant.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sandrail.screening.scripts import ABJAD_BASE, ABJAD_LETTERS

__all__ = ["CROSS", "LATIN", "PHONE", "SCRIPT", "SOUNDS", "SoundTables"]


def _words(text: str) -> list[str]:
    return text.split()


_NAMES = _words(
    "none B P T TH J CH H X D DH R Z S SH G GH F Q K L M N W Y A E I O U "
    "ALIF WAW YA AIN TM HF DAD ZAH JIM QAF CK CS CHX GJ"
)
PHONE = {name: code for code, name in enumerate(_NAMES)}
"""Code of each phone; digits follow at ``DIGIT0``.

The last four are letters that spelling systems read differently: ``c`` (English ``k``, Turkish
``j``), ``c`` before ``e`` and ``i`` (``s``, in Italian ``ch``), ``ch`` (in German ``kh``, in French
``sh``, in Italian ``k``), and ``g`` before ``e`` and ``i`` (``g`` or ``j``).
"""

DIGIT0 = 48
PHONES_MAX = 64
LATIN, CROSS, SCRIPT = 0, 1, 2

_VOWELS = ("A", "E", "I", "O", "U")

_ABJAD_PHONES = _words(
    "ALIF B P T TH J CH H X D DH R Z J S SH S DAD T ZAH AIN GH F QAF K G L M N H WAW YA TM W"
)
_SINGLE = dict(
    zip(
        "abcdefghijklmnopqrstuvwxyz",
        _words("A B CK D E F G H I J K L M N O P Q R S T U W W K Y Z"),
        strict=True,
    )
)

# Pairs of sounds that transliterators and clerks exchange: cost in hundredths, every table.
_NEAR = """
B P 30|T TH 15|TH S 30|TH Z 60|J G 40|J Z 40|J CH 45|J Y 20|J I 30|J E 40|J X 60|J H 60|JIM G 15
JIM J 0|JIM Z 40|JIM CH 40|CH SH 25|CH K 50|CH X 50|CH S 60|H X 15|H K 70|G H 40|GH H 60
X K 25|X GH 40|D DH 10|DH Z 15|D Z 60|D T 40|DH TH 30|DAD D 0|DAD Z 10
DAD DH 5|DAD ZAH 10|ZAH Z 0|ZAH DH 5|ZAH D 15|S Z 25|S SH 25|Z SH 60|G GH 15
CK K 0|CK Q 10|CK QAF 10|CK J 15|CK JIM 20|CK CH 15|CK CHX 15|CK CS 15|CK S 30|CK SH 30|CK X 30
CK G 40|CK GJ 40|CK Z 50|CS S 0|CS CH 10|CS CHX 10|CS J 15|CS JIM 20|CS SH 20|CS TH 25|CS Z 25
CS K 30|CHX CH 0|CHX SH 10|CHX X 15|CHX K 25|CHX Q 30|CHX QAF 30|CHX H 35|CHX S 50|CHX J 40
CHX JIM 40|GJ G 0|GJ J 5|GJ JIM 5|GJ GH 15|GJ Z 45|GJ CH 50|GJ H 45|GJ X 50|GJ K 50|GJ Q 35
GH Q 40|GH QAF 30|G K 50|G Q 35|Q K 10|QAF Q 0|QAF K 5|QAF G 15|QAF GH 30
QAF X 60|QAF GJ 20|F W 40|F P 35|B W 40|M N 50|W U 20|W O 25|Y I 10|Y E 25
L R 70|HF H 0|HF A 20|HF E 25|HF TM 0|TM T 10|TM H 5|TM A 0
TM E 0|A E 25|A I 45|A O 45|A U 45|E I 15|E O 50|E U 55|I O 60
I U 50|O U 10|ALIF A 0|ALIF E 10|ALIF I 20|ALIF O 25|ALIF U 25|ALIF TM 5|ALIF HF 20
ALIF AIN 10|ALIF YA 35|WAW W 0|WAW U 0|WAW O 0|WAW F 50|WAW A 50|WAW E 60|WAW B 60
YA Y 0|YA I 0|YA E 5|YA A 25|YA J 60|AIN A 0|AIN E 5|AIN I 5|AIN O 5
AIN U 5|AIN Y 60|S K 70|Z T 60|TH F 60|HF ALIF 15|HF YA 40
"""

# Cost of a phone that only one of the two spellings has: Latin-Latin, cross-script, script-script.
_ALONE = {
    "A": (35, 6, 35), "E": (35, 6, 35), "I": (40, 10, 40), "O": (40, 10, 40), "U": (40, 8, 40),
    "ALIF": (35, 30, 30), "WAW": (50, 55, 50), "YA": (45, 45, 45), "AIN": (20, 8, 40),
    "TM": (15, 8, 20), "HF": (15, 15, 20), "H": (60, 60, 90), "Y": (50, 40, 60),
    "W": (75, 60, 80),
}  # fmt: skip

# What a phone adds to the length of a word, by table.
_LENGTH = {
    **dict.fromkeys(_VOWELS, (40, 5, 40)),
    "ALIF": (40, 20, 40),
    "WAW": (60, 40, 60),
    "YA": (50, 35, 50),
    "AIN": (30, 10, 60),
    "TM": (20, 5, 20),
    "HF": (20, 10, 30),
    "Y": (70, 50, 70),
    "W": (90, 70, 90),
}

# Classes of the consonant skeleton; a phone without a class is not part of it.
_CLASSES = {
    "B": 1,
    "P": 1,
    "T": 2,
    "TH": 2,
    "S": 3,
    "CS": 3,
    "Z": 4,
    "ZAH": 4,
    "D": 5,
    "DH": 5,
    "DAD": 5,
    "J": 6,
    "JIM": 6,
    "CH": 8,
    "CHX": 8,
    "SH": 8,
    "H": 9,
    "X": 9,
    "R": 10,
    "G": 11,
    "GJ": 11,
    "GH": 11,
    "K": 12,
    "CK": 12,
    "Q": 12,
    "QAF": 12,
    "F": 13,
    "L": 14,
    "M": 15,
    "N": 16,
}
# Classes of a whole name's row of consonants: coarse, because a whole name is long. What writers
# exchange most (h, kh, j, y, w) is not part of it.
_COARSE = {
    **dict.fromkeys(_words("B P F"), 1),
    **dict.fromkeys(_words("T D DH DAD"), 2),
    **dict.fromkeys(_words("S Z TH ZAH SH CH CHX CS"), 3),
    **dict.fromkeys(_words("K Q QAF G GH CK GJ"), 4),
    "L": 5,
    "R": 6,
    "M": 7,
    "N": 8,
}
# A second reading that some writers use: keys are made for both.
_SECOND = {
    "TH": 3, "DH": 4, "DAD": 4, "ZAH": 5, "JIM": 11, "QAF": 11, "Q": 11, "CK": 6, "CS": 6, "CHX": 9,
    "GJ": 6,
}  # fmt: skip


class SoundTables(NamedTuple):
    """Everything the kernels read about sounds.

    Attributes:
        letter: phone of each byte, 0 for none.
        sub: cost of hearing one phone as another, by table; ``[3, 64, 64]`` hundredths.
        alone: cost of a phone without a partner, by table.
        length: what a phone adds to a word's length, by table.
        skeleton: consonant class, 0 for none.
        second: second reading, 0 for none.
        is_vowel: whether the phone is a Latin vowel.
        coarse: consonant class in a whole name, 0 for none.
    """

    letter: NDArray[np.uint8]
    sub: NDArray[np.uint8]
    alone: NDArray[np.uint8]
    length: NDArray[np.uint8]
    skeleton: NDArray[np.uint8]
    second: NDArray[np.uint8]
    is_vowel: NDArray[np.uint8]
    coarse: NDArray[np.uint8]


def _tables() -> SoundTables:
    letter = np.zeros(256, np.uint8)
    for char, name in _SINGLE.items():
        letter[ord(char)] = PHONE[name]
    for offset, name in enumerate(_ABJAD_PHONES):
        letter[ABJAD_BASE + offset] = PHONE["JIM" if ABJAD_LETTERS[offset] == "ج" else name]
    for digit in range(10):
        letter[ord("0") + digit] = DIGIT0 + digit
    sub = np.full((3, PHONES_MAX, PHONES_MAX), 100, np.uint8)
    for vowel in _VOWELS:
        sub[:, PHONE[vowel], :] = sub[:, :, PHONE[vowel]] = 95
    for row in _NEAR.replace("\n", "|").split("|"):
        if row.strip():
            one, two, cost = row.split()
            sub[:, PHONE[one], PHONE[two]] = sub[:, PHONE[two], PHONE[one]] = int(cost)
    alone = np.full((3, PHONES_MAX), 100, np.uint8)
    length = np.full((3, PHONES_MAX), 100, np.uint8)
    for target, source in ((alone, _ALONE), (length, _LENGTH)):
        for name, costs in source.items():
            target[:, PHONE[name]] = costs
    for code in range(PHONES_MAX):
        sub[:, code, code] = 0
    skeleton, second = np.zeros(PHONES_MAX, np.uint8), np.zeros(PHONES_MAX, np.uint8)
    for name, group in _CLASSES.items():
        skeleton[PHONE[name]] = group
    for name, group in _SECOND.items():
        second[PHONE[name]] = group
    skeleton[DIGIT0 : DIGIT0 + 10] = np.arange(32, 42)
    is_vowel = np.zeros(PHONES_MAX, np.uint8)
    is_vowel[[PHONE[v] for v in _VOWELS]] = 1
    coarse = np.zeros(PHONES_MAX, np.uint8)
    for name, group in _COARSE.items():
        coarse[PHONE[name]] = group
    coarse[DIGIT0 : DIGIT0 + 10] = np.arange(32, 42)
    return SoundTables(letter, sub, alone, length, skeleton, second, is_vowel, coarse)


SOUNDS = _tables()
"""The one instance, read-only."""
